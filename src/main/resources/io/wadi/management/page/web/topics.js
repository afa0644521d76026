// The topics, and the records of one.

import { count, perSecond, some } from "./words.js";
import { MOST_ROWS, byId, cell, draw, empty, make, number, row, say } from "./draw.js";
import { known } from "./known.js";
import { ask } from "./session.js";
import { drawTopic } from "./brokers.js";

export function drawTopics() {
  const asked = byId("topics-filter").value.trim().toLowerCase();
  const readers = new Map();
  for (const group of known.lag?.groups ?? []) {
    for (const topic of group.topics) {
      readers.set(topic.topic, [...(readers.get(topic.topic) ?? []), `${group.group}${topic.lag > 0 ? ` (${count(topic.lag)} behind)` : ""}`]);
    }
  }
  const all = Object.entries(known.lag?.topics ?? {});
  const list = all
    .filter(([name]) => name.toLowerCase().includes(asked))
    .map(([name, topic]) => ({ key: `t ${name}`, name, ...topic, readers: readers.get(name) ?? [] }));
  say(byId("topics-count"), asked ? `${list.length} of ${all.length}` : known.lag?.time ? String(all.length) : "");
  draw(byId("topics-rows"), list.length ? list.slice(0, MOST_ROWS) : [empty(5, asked ? `No topic has “${asked}” in its name.` : "Kafka is being asked.")], (item) =>
    row(item, (topic) => [
      cell(opener(topic.name)),
      number(count(topic.partitions)),
      number(count(topic.end)),
      number(perSecond(topic.rate)),
      cell(topic.readers.slice(0, 4).join(", ") + (topic.readers.length > 4 ? ` and ${topic.readers.length - 4} more` : "") || "nobody"),
    ]),
  );
}

// ---- The records of a topic ----

export const form = byId("records-form").elements;
let looked = null;

function opener(topic) {
  const button = make("button", { type: "button", class: "plain", "data-action": "records", "aria-label": `records of ${topic}` }, topic);
  button.addEventListener("click", () => openRecords(topic));
  return button;
}

function openRecords(topic) {
  looked = topic;
  byId("records").hidden = false;
  say(byId("records-title"), `Records of ${topic}`);
  const partitions = known.lag?.topics[topic]?.partitions ?? 0;
  form.partition.replaceChildren(make("option", { value: "" }, "all"), ...Array.from({ length: partitions }, (_, i) => make("option", { value: String(i) }, String(i))));
  form.from.value = "newest";
  chooseFrom();
  byId("records").scrollIntoView({ block: "start" });
  lookAtRecords();
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

async function lookAtRecords() {
  const topic = looked;
  const asked = new URLSearchParams({ limit: "50" });
  if (form.partition.value !== "") {
    asked.set("partition", form.partition.value);
  }
  if (form.from.value === "offset") {
    asked.set("offset", form.offset.value);
  } else if (form.from.value === "time") {
    asked.set("time", String(new Date(form.time.value).getTime()));
  }
  say(byId("records-said"), "Kafka is being asked …");
  const { body, problem } = await ask(`api/topics/${encodeURIComponent(topic)}/records?${asked}`);
  if (topic !== looked) {
    return;
  }
  if (problem) {
    say(byId("records-said"), problem);
    draw(byId("records-rows"), [], () => null);
    return;
  }
  const there = body.partitions.reduce((sum, each) => sum + each.end - each.begin, 0);
  const where = body.partitions.length === 1 ? `partition ${body.partitions[0].partition} has offsets ${body.partitions[0].begin} to ${body.partitions[0].end - 1}` : `${body.partitions.length} partitions`;
  say(byId("records-said"), there === 0 ? "There is none." : `${body.records.length} of at most ${count(there)}; ${where}.`);
  draw(byId("records-rows"), body.records.map((each) => ({ ...each, recordKey: each.key, key: `${each.partition}@${each.offset}` })), (record) => drawRecord(record));
}

/** A record that can be opened; with another title, and facts of it besides. One whose time is null does not tell key and headers either. */
export function drawRecord(record, { title = record.key, facts = {} } = {}) {
  const preview = record.value === null ? "no value: a tombstone" : record.value.replace(/\s+/g, " ").slice(0, 160);
  const headers = record.headers.map((each) => `${each.name}: ${each.value}`).join("\n");
  const size = record.bytes === null ? "none" : `${some(record.bytes, "byte", "bytes")}${record.cut ? ", the first 20,000 characters are shown" : ""}`;
  const untold = record.time === null ? "not told" : "none";
  const told = { ...facts, key: record.recordKey ?? untold, headers: headers || untold, value: size };
  return make(
    "li",
    {},
    make(
      "details",
      {},
      make("summary", {}, make("span", { class: "at" }, title), record.time === null ? "" : make("time", {}, new Date(record.time).toLocaleString("en-GB")), make("span", { class: "preview code" }, preview)),
      make("dl", {}, ...Object.entries(told).flatMap(([name, text]) => [make("dt", {}, name), make("dd", { class: name === "value" ? "" : "code" }, text)])),
      record.value === null ? "" : make("pre", { tabindex: "0" }, record.value),
    ),
  );
}

byId("topics-filter").addEventListener("input", drawTopics);
form.from.addEventListener("change", chooseFrom);
byId("records-form").addEventListener("submit", (event) => {
  event.preventDefault();
  lookAtRecords();
});
byId("records-close").addEventListener("click", () => {
  looked = null;
  byId("records").hidden = true;
});
byId("topic-details").addEventListener("toggle", () => {
  if (byId("topic-details").open && looked) {
    drawTopic(looked);
  }
});
