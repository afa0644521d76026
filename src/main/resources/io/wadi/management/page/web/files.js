// Landed files in HDFS and their content, and the documents of each index. Servers are queried only on request.

import { bytes, clock, count, exactly, range, seconds, some, when } from "./format.js";
import { MAX_ROWS, byId, cell, chip, conceal, draw, empty, make, number, once, reveal, row, setState, setText } from "./draw.js";
import { known } from "./state.js";
import { request, change } from "./session.js";
import { drawRecord } from "./topics.js";

const ago = (now, then) => (then === null ? "–" : `${seconds(Math.max(0, (now - then) / 1000))} ago`);
const left = (all, shown, what) => (all > shown ? `${count(all - shown)} more ${what} are not shown.` : "");

/** Shows how many offsets between the first and the last one are in no file or in two, by the file names. */
function coverage(item) {
  return [
    item.missing ? chip(`${count(item.missing)} in no file`, "trouble") : "",
    item.doubled ? chip(`${count(item.doubled)} in two files`, "failed") : "",
    item.files && !item.missing && !item.doubled ? chip("no gap", "done") : "",
  ].flatMap((each) => (each ? [each, " "] : []));
}

// ---- All topics ----

async function loadAll() {
  const answers = await once(byId("files-ask"), () => {
    setText(byId("files-status"), "Querying HDFS and Elasticsearch …");
    return Promise.all([request("api/landed"), request("api/indexed")]);
  });
  if (!answers) {
    return;
  }
  const [landed, indexed] = answers;
  setText(byId("files-ask"), "Refresh");
  const problems = [landed.problem, indexed.problem, ...(indexed.body?.problems ?? [])].filter(Boolean);
  setText(byId("files-status"), [`As of ${clock(Date.now())}.`, ...problems].join(" "));
  byId("files-status").dataset.state = problems.length ? "failed" : "done";
  drawLanded(landed);
  drawIndexed(indexed);
}

function drawLanded({ body, problem }) {
  const topics = problem ? [] : body.topics;
  const list = topics.map((topic) => ({ key: `l ${topic.topic}`, ...topic, now: body.time }));
  show("files-rows", list.length ? list : [empty(6, problem ? "HDFS did not respond." : `Nothing has landed in ${body.directory} yet.`)], (topic) => [
    cell(opener(topic.topic)),
    cell(topic.files === null ? "not listed: too many files in the topics before this one" : [`${count(topic.offsets)} `, ...coverage(topic)]),
    number(count(topic.partitions)),
    number(count(topic.files)),
    number(bytes(topic.bytes)),
    number(ago(topic.now, topic.newest)),
  ]);
  setText(byId("files-left"), body?.more ? `${count(body.more)} more topics are not shown.` : "");
}

function drawIndexed({ body, problem }) {
  const list = problem ? [] : body.topics.map((topic) => ({ key: `i ${topic.route}`, ...topic }));
  show("indexed-rows", list.length ? list : [empty(6, problem ? "Elasticsearch or Kafka did not respond." : "No route of this process indexes a topic.")], (topic) => [
    cell([topic.topics.join(", "), make("small", {}, `route ${topic.route} → ${topic.index}`)]),
    cell(balance(topic)),
    number(count(topic.documents)),
    number(`${topic.deadLettersAreAtLeast ? "at least " : ""}${count(topic.deadLetters)}`),
    number([count(topic.committed), make("small", {}, topic.group)]),
    number(count(topic.behind)),
  ]);
  setText(byId("indexed-left"), body?.more ? `${count(body.more)} more routes are not shown.` : "");
}

function balance(topic) {
  const explanation = topic.explanation ? [make("small", {}, topic.explanation)] : [];
  if (topic.difference === undefined) {
    return [chip("unknown", "idle"), ...explanation];
  }
  const ahead = -topic.difference;
  const [text, state] =
    topic.difference > 0
      ? [`${count(topic.difference)} missing`, "trouble"]
      : ahead > topic.behind
        ? [`${count(ahead)} too many`, "trouble"]
        : ahead > 0
          ? [`${count(ahead)} not yet committed`, "idle"]
          : topic.documents === null
            ? ["no documents yet", "idle"]
            : ["complete", "done"];
  return [chip(text, state), ...explanation];
}

function show(rows, items, cells) {
  byId(rows).closest(".scroll").hidden = false;
  draw(byId(rows), items, (item) => row(item, cells));
}

// ---- The files of a topic ----

let opened = null;
let listing = null;
let audit = null;

function opener(topic) {
  const button = make("button", { type: "button", class: "plain", "data-action": "files", "aria-label": `files of ${topic}` }, topic);
  button.addEventListener("click", () => open(topic));
  return button;
}

function open(topic) {
  opened = topic;
  listing = null;
  audit = null;
  closePreview();
  setText(byId("landed-title"), `Landed files of ${topic}`);
  drawTopic();
  drawAudit();
  reveal(byId("landed"), byId("landed-title"));
  list();
}

async function list() {
  const topic = opened;
  setText(byId("landed-status"), "Querying HDFS …");
  const { body, problem } = await request(`api/landed/${encodeURIComponent(topic)}`);
  if (topic !== opened) {
    return;
  }
  listing = body?.listing ?? listing;
  audit = body?.audit ?? audit;
  setText(byId("landed-status"), problem ?? `${listing.directory}, as of ${clock(listing.time)}. File names give the offsets of each file; an audit compares them with Kafka too.`);
  drawTopic();
  drawAudit();
}

/** The data of a partition that only the audit lists. */
const NO_FILES = { files: 0, bytes: 0, gaps: [], missing: 0, overlaps: [], doubled: 0, newest: null, unfinished: 0, foreign: 0 };

function drawTopic() {
  const audited = new Map((audit?.partitions ?? []).map((each) => [each.partition, each]));
  const listed = listing?.partitions ?? [];
  const bare = [...audited.keys()].filter((partition) => listing && listed.every((each) => each.partition !== partition)).map((partition) => ({ ...NO_FILES, partition }));
  const partitions = [...listed, ...bare]
    .sort((a, b) => a.partition - b.partition)
    .map((each) => ({ ...each, key: `p ${each.partition}`, now: listing.time, audited: audited.get(each.partition) ?? null }));
  draw(byId("landed-partitions"), partitions.length ? partitions.slice(0, MAX_ROWS) : [empty(6, "Not loaded yet.")], (item) =>
    row(item, (each) => [
      cell(String(each.partition)),
      cell([each.files ? `${range(each.first, each.last)} ` : "none ", ...coverage(each), make("small", {}, remarks(each))]),
      cell(each.audited ? auditedAs(each.audited) : "–"),
      number(count(each.files)),
      number(bytes(each.bytes)),
      number(each.newest ? ago(each.now, each.newest.modified) : "–"),
    ]),
  );
  const files = (listing?.newest ?? []).map((each) => ({ ...each, key: each.file }));
  draw(byId("landed-files"), files.length ? files : [empty(6, "Not loaded yet.")], (item) =>
    row(item, (each) => [cell(previewer(each)), number(String(each.partition)), cell(details(each.file)), number(count(each.last - each.first + 1)), number(bytes(each.bytes)), number(when(each.modified))]),
  );
  setText(byId("landed-left"), listing ? [left(listing.files, files.length, "older files"), left(partitions.length, MAX_ROWS, "partitions")].filter(Boolean).join(" ") : "");
}

function remarks(partition) {
  const ranges = (what, first, all) => (first.length ? `${what} ${first.map((each) => range(each.first, each.last)).join(", ")}${first.length === 10 && all > first.length ? " …" : ""}` : "");
  return [
    ranges("no file:", partition.gaps, partition.missing),
    ranges("two files:", partition.overlaps, partition.doubled),
    partition.unfinished ? `${some(partition.unfinished, "merge", "merges")} in progress or interrupted` : "",
    partition.foreign ? `${some(partition.foreign, "file", "files")} not written by landing` : "",
  ]
    .filter(Boolean)
    .join("; ");
}

// ---- The audit ----

/** Hides the audit, which is expensive, from users with the role view. */
export function drawAuditButton() {
  const hidden = known.session?.role !== "operate";
  if (byId("landed-audit").hidden !== hidden) {
    byId("landed-audit").hidden = hidden;
  }
}

const CAUSES = { lost: "lost", unknown: "missing, cause unknown", doubled: "duplicated", expired: "expired before landing", markers: "without a record (transaction markers)", toLand: "still to land" };

function auditedAs(row) {
  const causes = Object.entries(CAUSES)
    .filter(([cause]) => row[cause] > 0)
    .map(([cause, words]) => `${count(row[cause])} ${words}`);
  return [chip(row.sound ? "correct" : "errors", row.sound ? "done" : "failed"), make("small", {}, causes.join("; "))];
}

function drawAudit() {
  byId("audit").hidden = !audit;
  if (!audit) {
    return;
  }
  setState(byId("audit"), audit.sound ? "done" : "failed");
  setText(byId("audit-result"), audit.result);
  setText(byId("audit-status"), `Audited ${when(audit.time)} in ${seconds(audit.tookMs / 1000)}, with the commits of ${audit.group}.`);
  const findings = audit.findings.map((each, at) => ({ key: `f ${at}`, text: `partition ${each.partition}: ${each.text}` }));
  if (audit.moreFindings) {
    findings.push({ key: "more", text: `${count(audit.moreFindings)} more; ./wadi audit ${audit.topic} --json has all` });
  }
  draw(byId("audit-findings"), findings, (each) => make("li", {}, each.text));
}

async function runAudit() {
  const topic = opened;
  const button = byId("landed-audit");
  const done = await once(button, () => {
    setText(button, "Auditing …");
    return change("POST", `api/landed/${encodeURIComponent(topic)}/audit`);
  });
  if (!done) {
    return;
  }
  setText(button, "Audit");
  if (topic !== opened) {
    return;
  }
  const { body, problem } = done;
  if (problem) {
    setText(byId("landed-status"), problem);
    return;
  }
  audit = body;
  drawAudit();
  drawTopic();
}

// ---- The content of a file ----

let preview = null;

/** Returns the parts of a file's path other than partition and offsets: directories by time, and the format. */
function details(path) {
  const parts = path.split("/");
  return [...parts.slice(1, -1), parts.at(-1).replace(/^.*\+\d+\./, "")].join(", ");
}

function previewer(file) {
  const button = make("button", { type: "button", class: "plain", "data-action": "preview", "aria-label": `show ${file.file}` }, range(file.first, file.last));
  button.addEventListener("click", () => showFile(file.file));
  return button;
}

async function showFile(file) {
  const topic = opened;
  preview = file;
  setText(byId("preview-title"), `File of ${topic}`);
  setText(byId("preview-status"), "Querying HDFS …");
  drawPreview(null);
  reveal(byId("preview"), byId("preview-title"));
  const { body, problem } = await request(`api/landed/${encodeURIComponent(topic)}/preview?file=${encodeURIComponent(file)}`);
  if (topic !== opened || file !== preview) {
    return;
  }
  drawPreview(problem ? null : body);
  setText(byId("preview-status"), problem ?? `${body.count === null ? "Records, not counted" : some(body.count, "record", "records")} in ${bytes(body.bytes)} of ${body.format}, closed ${when(body.modified)}. ${body.problem}`);
}

function drawPreview(found) {
  const [first, last] = [found?.first ?? [], found?.last ?? []];
  setText(byId("preview-path"), found?.path ?? "");
  draw(byId("preview-first"), first.map((each, at) => shown(each, `f ${at}`, `no. ${at + 1}`)), drawShown);
  draw(byId("preview-last"), last.map((each, at) => shown(each, `l ${at}`, lastName(found, at))), drawShown);
  const between = found && found.count !== null ? found.count - first.length - last.length : 0;
  setText(byId("preview-between"), last.length === 0 ? "" : between > 0 ? `… ${some(between, "record", "records")} between …` : found.count === null ? "… and the last records:" : "");
}

const shown = (record, key, name) => ({ ...record, recordKey: record.key, key, at: record.offset === null ? name : `${record.partition}@${record.offset}` });

const drawShown = (record) => drawRecord(record, { title: record.at });

function lastName(found, at) {
  const before = found.last.length - 1 - at;
  return found.count !== null ? `no. ${found.count - before}` : before === 0 ? "the last" : `last but ${before}`;
}

function closePreview() {
  preview = null;
  conceal(byId("preview"));
}

byId("files-ask").addEventListener("click", loadAll);
byId("landed-again").addEventListener("click", list);
byId("landed-audit").addEventListener("click", runAudit);
byId("landed-close").addEventListener("click", () => {
  opened = null;
  closePreview();
  conceal(byId("landed"));
});
byId("preview-close").addEventListener("click", closePreview);
// A link to #files, such as that at the top of the page, loads this section.
window.addEventListener("hashchange", () => location.hash === "#files" && loadAll());
