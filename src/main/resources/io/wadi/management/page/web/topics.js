// The topics, and the records of one.

import { count, perSecond, some } from "./format.js";
import { MAX_ROWS, byId, cell, conceal, cutNote, draw, empty, make, number, reveal, row, setText } from "./draw.js";
import { known } from "./state.js";
import { request } from "./session.js";
import { drawTopic } from "./brokers.js";

export function drawTopics() {
  const filter = byId("topics-filter").value.trim().toLowerCase();
  const readers = new Map();
  for (const group of known.lag?.groups ?? []) {
    for (const topic of group.topics) {
      readers.set(topic.topic, [...(readers.get(topic.topic) ?? []), `${group.group}${topic.lag > 0 ? ` (${count(topic.lag)} behind)` : ""}`]);
    }
  }
  const all = Object.entries(known.lag?.topics ?? {});
  const list = all
    .filter(([name]) => name.toLowerCase().includes(filter))
    .map(([name, topic]) => ({ key: `t ${name}`, name, ...topic, readers: readers.get(name) ?? [] }));
  const cut = cutNote(list.length);
  setText(byId("topics-count"), filter ? `${list.length} of ${all.length}${cut}` : known.lag?.time ? `${all.length}${cut}` : "");
  draw(byId("topics-rows"), list.length ? list.slice(0, MAX_ROWS) : [empty(5, filter ? `No topic name contains “${filter}”.` : known.lag?.time ? "There are no topics." : "Querying Kafka …")], (item) =>
    row(item, (topic) => [
      cell(opener(topic.name)),
      number(count(topic.partitions)),
      number(count(topic.end)),
      number(perSecond(topic.rate)),
      cell(topic.readers.slice(0, 4).join(", ") + (topic.readers.length > 4 ? ` and ${topic.readers.length - 4} more` : "") || "no group"),
    ]),
  );
}

// ---- The records of a topic ----

export const form = byId("records-form").elements;
let opened = null;
/** The path of the last request for records; the response to an earlier one is ignored. */
let requested = null;

function opener(topic) {
  const button = make("button", { type: "button", class: "plain", "data-action": "records", "aria-label": `records of ${topic}` }, topic);
  button.addEventListener("click", () => openRecords(topic));
  return button;
}

function openRecords(topic) {
  opened = topic;
  setText(byId("records-title"), `Records of ${topic}`);
  const partitions = known.lag?.topics[topic]?.partitions ?? 0;
  form.partition.replaceChildren(make("option", { value: "" }, "all"), ...Array.from({ length: partitions }, (_, i) => make("option", { value: String(i) }, String(i))));
  form.from.value = "newest";
  chooseFrom();
  reveal(byId("records"), byId("records-title"));
  loadRecords();
  if (byId("topic-details").open) {
    drawTopic(topic);
  }
}

function chooseFrom() {
  for (const name of ["offset", "time"]) {
    const chosen = form.from.value === name;
    form[name].disabled = !chosen;
    form[name].required = chosen;
    form[name].parentElement.classList.toggle("unseen", !chosen);
  }
}

async function loadRecords() {
  const topic = opened;
  const query = new URLSearchParams({ limit: "50" });
  if (form.partition.value !== "") {
    query.set("partition", form.partition.value);
  }
  if (form.from.value === "offset") {
    query.set("offset", form.offset.value);
  } else if (form.from.value === "time") {
    query.set("time", String(new Date(form.time.value).getTime()));
  }
  setText(byId("records-status"), "Querying Kafka …");
  const path = `api/topics/${encodeURIComponent(topic)}/records?${query}`;
  requested = path;
  const { body, problem } = await request(path);
  if (topic !== opened || path !== requested) {
    return;
  }
  if (problem) {
    setText(byId("records-status"), problem);
    draw(byId("records-rows"), [], () => null);
    return;
  }
  const total = body.partitions.reduce((sum, each) => sum + each.end - each.begin, 0);
  const where = body.partitions.length === 1 ? `partition ${body.partitions[0].partition} has offsets ${body.partitions[0].begin} to ${body.partitions[0].end - 1}` : `${body.partitions.length} partitions`;
  setText(byId("records-status"), total === 0 ? "No records." : `${body.records.length} of at most ${count(total)}; ${where}.`);
  draw(byId("records-rows"), body.records.map((each) => ({ ...each, recordKey: each.key, key: `${each.partition}@${each.offset}` })), (record) => drawRecord(record));
}

/**
 * Creates a record that can be opened, with an optional title and further fields. The key and headers of a record
 * without a time are unknown.
 */
export function drawRecord(record, { title = record.key, facts = {} } = {}) {
  const preview = record.value === null ? "no value: a tombstone" : record.value.replace(/\s+/g, " ").slice(0, 160);
  const more = record.omittedHeaders > 0 ? [`and ${count(record.omittedHeaders)} more`] : [];
  const headers = [...record.headers.map((each) => `${each.name}: ${each.value}`), ...more].join("\n");
  const size = record.bytes === null ? "none" : `${some(record.bytes, "byte", "bytes")}${record.cut ? ", the first 20,000 characters are shown" : ""}`;
  const absent = record.time === null ? "unknown" : "none";
  const fields = { ...facts, key: record.recordKey ?? absent, headers: headers || absent, value: size };
  return make(
    "li",
    {},
    make(
      "details",
      {},
      make("summary", {}, make("span", { class: "at" }, title), record.time === null ? "" : make("time", {}, new Date(record.time).toLocaleString("en-GB")), make("span", { class: "preview code" }, preview)),
      make("dl", {}, ...Object.entries(fields).flatMap(([name, text]) => [make("dt", {}, name), make("dd", { class: name === "value" ? "" : "code" }, text)])),
      record.value === null ? "" : make("pre", { tabindex: "0" }, record.value),
    ),
  );
}

byId("topics-filter").addEventListener("input", drawTopics);
form.from.addEventListener("change", chooseFrom);
byId("records-form").addEventListener("submit", (event) => {
  event.preventDefault();
  loadRecords();
});
byId("records-close").addEventListener("click", () => {
  opened = null;
  conceal(byId("records"));
});
byId("topic-details").addEventListener("toggle", () => {
  if (byId("topic-details").open && opened) {
    drawTopic(opened);
  }
});
