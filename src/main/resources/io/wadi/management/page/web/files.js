// What has landed in HDFS and what is in its files, and the documents of each index. Servers are asked when somebody asks.

import { bytes, clock, count, exactly, range, seconds, some, when } from "./words.js";
import { MOST_ROWS, byId, cell, chip, draw, empty, make, number, once, row, say, setState } from "./draw.js";
import { known } from "./known.js";
import { ask, change } from "./session.js";
import { drawRecord } from "./topics.js";

const ago = (now, then) => (then === null ? "–" : `${seconds(Math.max(0, (now - then) / 1000))} ago`);
const left = (all, shown, what) => (all > shown ? `${count(all - shown)} more ${what} are not shown.` : "");

/** What of the offsets from the first to the last the names of files do not cover once. */
function coverage(item) {
  return [
    item.missing ? chip(`${count(item.missing)} in no file`, "trouble") : "",
    item.doubled ? chip(`${count(item.doubled)} in two files`, "failed") : "",
    item.files && !item.missing && !item.doubled ? chip("no gap", "done") : "",
  ].flatMap((each) => (each ? [each, " "] : []));
}

// ---- All topics ----

async function askServers() {
  const answers = await once(byId("files-ask"), () => {
    say(byId("files-said"), "HDFS and Elasticsearch are being asked …");
    return Promise.all([ask("api/landed"), ask("api/indexed")]);
  });
  if (!answers) {
    return;
  }
  const [landed, indexed] = answers;
  say(byId("files-ask"), "Ask again");
  const problems = [landed.problem, indexed.problem, ...(indexed.body?.problems ?? [])].filter(Boolean);
  say(byId("files-said"), [`As of ${clock(Date.now())}.`, ...problems].join(" "));
  byId("files-said").dataset.state = problems.length ? "failed" : "done";
  drawLanded(landed);
  drawIndexed(indexed);
}

function drawLanded({ body, problem }) {
  const topics = problem ? [] : body.topics;
  const list = topics.map((topic) => ({ key: `l ${topic.topic}`, ...topic, now: body.time }));
  show("files-rows", list.length ? list : [empty(6, problem ? "HDFS was asked in vain." : `Nothing has landed in ${body.directory} yet.`)], (topic) => [
    cell(opener(topic.topic)),
    cell(topic.files === null ? "so many files stand before these that they were not listed" : [`${count(topic.offsets)} `, ...coverage(topic)]),
    number(count(topic.partitions)),
    number(count(topic.files)),
    number(bytes(topic.bytes)),
    number(ago(topic.now, topic.newest)),
  ]);
  say(byId("files-left"), body?.more ? `${count(body.more)} more topics are not shown.` : "");
}

function drawIndexed({ body, problem }) {
  const list = problem ? [] : body.topics.map((topic) => ({ key: `i ${topic.route}`, ...topic }));
  show("indexed-rows", list.length ? list : [empty(6, problem ? "The index was asked for in vain." : "No route of this process indexes a topic.")], (topic) => [
    cell([topic.topics.join(", "), make("small", {}, `route ${topic.route} → ${topic.index}`)]),
    cell(balance(topic)),
    number(count(topic.documents)),
    number(`${topic.deadLettersAreAtLeast ? "at least " : ""}${count(topic.deadLetters)}`),
    number([count(topic.committed), make("small", {}, topic.group)]),
    number(count(topic.behind)),
  ]);
  say(byId("indexed-left"), body?.more ? `${count(body.more)} more routes are not shown.` : "");
}

function balance(topic) {
  if (topic.difference === undefined) {
    return chip("not known", "idle");
  }
  const ahead = -topic.difference;
  const [text, state] =
    topic.difference > 0
      ? [`${count(topic.difference)} not there`, "trouble"]
      : ahead > topic.behind
        ? [`${count(ahead)} too many`, "trouble"]
        : ahead > 0
          ? [`${count(ahead)} not yet committed`, "idle"]
          : topic.documents === null
            ? ["nothing yet", "idle"]
            : ["all there", "done"];
  return [chip(text, state), make("small", {}, topic.words)];
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
  closeLook();
  byId("landed").hidden = false;
  say(byId("landed-title"), `Landed files of ${topic}`);
  drawTopic();
  drawAudit();
  byId("landed").scrollIntoView({ block: "start" });
  list();
}

async function list() {
  const topic = opened;
  say(byId("landed-said"), "HDFS is being asked …");
  const { body, problem } = await ask(`api/landed/${encodeURIComponent(topic)}`);
  if (topic !== opened) {
    return;
  }
  listing = body?.listing ?? listing;
  audit = body?.audit ?? audit;
  say(byId("landed-said"), problem ?? `${listing.directory}, as of ${clock(listing.time)}. Names of files tell which offsets they cover; an audit asks Kafka too.`);
  drawTopic();
  drawAudit();
}

/** Of a partition that only the audit knows. */
const NO_FILES = { files: 0, bytes: 0, gaps: [], missing: 0, overlaps: [], doubled: 0, newest: null, unfinished: 0, foreign: 0 };

function drawTopic() {
  const audited = new Map((audit?.partitions ?? []).map((each) => [each.partition, each]));
  const listed = listing?.partitions ?? [];
  const bare = [...audited.keys()].filter((partition) => listing && listed.every((each) => each.partition !== partition)).map((partition) => ({ ...NO_FILES, partition }));
  const partitions = [...listed, ...bare]
    .sort((a, b) => a.partition - b.partition)
    .map((each) => ({ ...each, key: `p ${each.partition}`, now: listing.time, audited: audited.get(each.partition) ?? null }));
  draw(byId("landed-partitions"), partitions.length ? partitions.slice(0, MOST_ROWS) : [empty(6, "Not known yet.")], (item) =>
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
  draw(byId("landed-files"), files.length ? files : [empty(6, "Not known yet.")], (item) =>
    row(item, (each) => [cell(looker(each)), number(String(each.partition)), cell(place(each.file)), number(count(each.last - each.first + 1)), number(bytes(each.bytes)), number(when(each.modified))]),
  );
  say(byId("landed-left"), listing ? [left(listing.files, files.length, "older files"), left(partitions.length, MOST_ROWS, "partitions")].filter(Boolean).join(" ") : "");
}

function remarks(partition) {
  const ranges = (what, first, all) => (first.length ? `${what} ${first.map((each) => range(each.first, each.last)).join(", ")}${first.length === 10 && all > first.length ? " …" : ""}` : "");
  return [
    ranges("no file:", partition.gaps, partition.missing),
    ranges("two files:", partition.overlaps, partition.doubled),
    partition.unfinished ? `${some(partition.unfinished, "merge", "merges")} under way or broken off` : "",
    partition.foreign ? `${some(partition.foreign, "file is", "files are")} not landing's` : "",
  ]
    .filter(Boolean)
    .join("; ");
}

// ---- The audit ----

/** Who may only view is not offered what costs the servers more. */
export function mayAudit() {
  const hidden = known.session?.role !== "operate";
  if (byId("landed-audit").hidden !== hidden) {
    byId("landed-audit").hidden = hidden;
  }
}

const CAUSES = { lost: "lost", unknown: "missing, nobody knows why", doubled: "doubled", expired: "expired before landing", markers: "without a record (marks of transactions)", toLand: "still to land" };

function auditedAs(row) {
  const causes = Object.entries(CAUSES)
    .filter(([cause]) => row[cause] > 0)
    .map(([cause, words]) => `${count(row[cause])} ${words}`);
  return [chip(row.sound ? "sound" : "not sound", row.sound ? "done" : "failed"), make("small", {}, causes.join("; "))];
}

function drawAudit() {
  byId("audit").hidden = !audit;
  if (!audit) {
    return;
  }
  setState(byId("audit"), audit.sound ? "done" : "failed");
  say(byId("audit-verdict"), audit.verdict);
  say(byId("audit-said"), `Audited ${when(audit.time)} in ${seconds(audit.tookMs / 1000)}, with the commits of ${audit.group}.`);
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
    say(button, "Auditing …");
    return change("POST", `api/landed/${encodeURIComponent(topic)}/audit`);
  });
  if (!done) {
    return;
  }
  say(button, "Audit");
  if (topic !== opened) {
    return;
  }
  const { body, problem } = done;
  if (problem) {
    say(byId("landed-said"), problem);
    return;
  }
  audit = body;
  drawAudit();
  drawTopic();
}

// ---- A look into a file ----

let looked = null;

/** Of a file's path what its partition and offsets do not say: directories by time, and the format. */
function place(path) {
  const parts = path.split("/");
  return [...parts.slice(1, -1), parts.at(-1).replace(/^.*\+\d+\./, "")].join(", ");
}

function looker(file) {
  const button = make("button", { type: "button", class: "plain", "data-action": "look", "aria-label": `look into ${file.file}` }, range(file.first, file.last));
  button.addEventListener("click", () => look(file.file));
  return button;
}

async function look(file) {
  const topic = opened;
  looked = file;
  byId("look").hidden = false;
  say(byId("look-title"), `In a file of ${topic}`);
  say(byId("look-said"), "HDFS is being asked …");
  drawLook(null);
  byId("look").scrollIntoView({ block: "start" });
  const { body, problem } = await ask(`api/landed/${encodeURIComponent(topic)}/look?file=${encodeURIComponent(file)}`);
  if (topic !== opened || file !== looked) {
    return;
  }
  drawLook(problem ? null : body);
  say(byId("look-said"), problem ?? `${body.count === null ? "Records, not counted" : some(body.count, "record", "records")} in ${bytes(body.bytes)} of ${body.format}, closed ${when(body.modified)}. ${body.problem}`);
}

function drawLook(found) {
  const [first, last] = [found?.first ?? [], found?.last ?? []];
  say(byId("look-path"), found?.path ?? "");
  draw(byId("look-first"), first.map((each, at) => shown(each, `f ${at}`, `no. ${at + 1}`)), drawShown);
  draw(byId("look-last"), last.map((each, at) => shown(each, `l ${at}`, lastName(found, at))), drawShown);
  const between = found && found.count !== null ? found.count - first.length - last.length : 0;
  say(byId("look-between"), last.length === 0 ? "" : between > 0 ? `… ${some(between, "record", "records")} between …` : found.count === null ? "… and the last of them:" : "");
}

const shown = (record, key, place) => ({ ...record, recordKey: record.key, key, at: record.offset === null ? place : `${record.partition}@${record.offset}` });

const drawShown = (record) => drawRecord(record, { title: record.at });

function lastName(found, at) {
  const before = found.last.length - 1 - at;
  return found.count !== null ? `no. ${found.count - before}` : before === 0 ? "the last" : `last but ${before}`;
}

function closeLook() {
  looked = null;
  byId("look").hidden = true;
}

byId("files-ask").addEventListener("click", askServers);
byId("landed-again").addEventListener("click", list);
byId("landed-audit").addEventListener("click", runAudit);
byId("landed-close").addEventListener("click", () => {
  opened = null;
  closeLook();
  byId("landed").hidden = true;
});
byId("look-close").addEventListener("click", closeLook);
// Who comes here by the links at the top wants to see it.
window.addEventListener("hashchange", () => location.hash === "#files" && askServers());
