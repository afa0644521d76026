// Sends events from the browser and follows each to HDFS and Elasticsearch.
// Text from servers is never inserted as markup.

import { announce, byId, make, mark, setState, setText } from "./draw.js";
import { begin, request } from "./session.js";

const KEPT_EVENTS = 20;
const QUICK_POLL_MS = 500;
const SLOW_POLL_MS = 5_000;
const QUICK_FOR_MS = 60_000;
const HEALTH_EVERY_MS = 5_000;
const EVENT_TIMEOUT_MS = 15_000;
const REQUEST_TIMEOUT_MS = 15_000;
const SHOWN_CHARACTERS = 20_000;

/** The targets of records: their servers, what a record becomes in them, and the setting with their topics. */
const TARGETS = {
  landed: { server: "HDFS", part: "file", setting: "wadi.landing.topics" },
  indexed: { server: "Elasticsearch", part: "document", setting: "wadi.indexing.topic" },
};
const STAGES = { sent: "Sent", kafka: "Kafka", hdfs: "HDFS", elasticsearch: "Elasticsearch" };
const STATE_WORDS = {
  done: "done",
  waiting: "waiting",
  failed: "failed",
  trouble: "waiting, with a problem",
  idle: "not reached",
};

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

let about = null;
const events = [];

// ---- Addresses, times and names as text ----

/** Returns the address as this browser reaches it: a server reports its own address as "localhost". */
function reachable(address) {
  const url = new URL(address);
  if (url.hostname === "localhost" && location.hostname !== "localhost") {
    url.hostname = location.hostname;
  }
  return url;
}

/** Returns the address of a link, or null if it is not an HTTP address. */
function linkTarget(address) {
  try {
    const url = reachable(address);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

function duration(ms) {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** Formats an ISO 8601 duration: PT5S as "5 s", PT1H30M as "1 h 30 min". */
function isoDuration(text) {
  const parts = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?$/.exec(text ?? "");
  const units = ["d", "h", "min", "s"];
  const words = (parts ?? []).slice(1).map((count, i) => (count ? `${count} ${units[i]}` : ""));
  return words.filter(Boolean).join(" ") || String(text ?? "");
}

/** Returns the offsets in the name of a landed file as text; empty for any other path. */
function offsets(path) {
  const [, first, last] = /\+(\d+)\+(\d+)\.[^/]*$/.exec(String(path)) ?? [];
  return first ? `offsets ${BigInt(first)} to ${BigInt(last)}` : "";
}

/** Returns the path of a landed file with its zero-padded offsets shortened; any other path unchanged. */
function shortPath(path) {
  return String(path).replace(/\+0{4,}(\d*)(?=[+.])/g, (_, digits) => `+0000…${digits.padStart(2, "0")}`);
}

// ---- Requests to the servers ----

/** Queries the management port; `problem` is null only with a response. */
async function query(path) {
  const { body, problem } = await request(path, { signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  return { body, problem: problem ?? (body === null ? "the response is not JSON" : null) };
}

/** Loads the addresses of the servers once; returns why that failed, or null. */
async function loadAbout() {
  if (about !== null) {
    return null;
  }
  const { body, problem } = await query("api/about");
  if (problem === null) {
    about = body;
    showServers();
  }
  return problem;
}

/** Sends the event; the response updates its first two stages. */
async function send(event) {
  const problem = await loadAbout();
  if (problem !== null) {
    event.sent = { unsent: true, failure: `Not sent: the address of the event port is unknown: ${problem}` };
    return;
  }
  const address = reachable(about.eventsUrl);
  event.sent = { to: address.host };
  update(event);
  const begun = performance.now();
  try {
    const response = await fetch(new URL(event.request, address), {
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(EVENT_TIMEOUT_MS),
    });
    const body = await response.json().catch(() => null);
    readResponse(event, response, body, performance.now() - begun);
  } catch (error) {
    event.sent.failure =
      error.name === "TimeoutError"
        ? `No response from ${address.origin} within ${EVENT_TIMEOUT_MS / 1000} s. Whether the event was accepted is unknown.`
        : `No response from ${address.origin}: it is stopped, or it does not allow this page’s origin. Whether the event was accepted is unknown.`;
  }
}

function readResponse(event, response, body, ms) {
  if (!response.ok) {
    const retry = response.headers.get("Retry-After");
    event.refusal = {
      reason: `not accepted: ${body?.error ?? "no reason given"}`,
      advice: `${retry ? `try again in ${/^\d+$/.test(retry) ? `${retry} s` : retry} · ` : ""}status ${response.status}`,
    };
  } else if (body?.topic === undefined || body.offset === undefined) {
    event.refusal = { reason: "no receipt: the response has no offset", advice: `status ${response.status}` };
  } else {
    event.receipt = { ...body, ms };
  }
}

/** Polls until the event's state in both targets is final, or it has left the list. */
async function follow(event) {
  const { topic, partition, offset } = event.receipt;
  const path = `api/follow?${new URLSearchParams({ topic, partition, offset })}`;
  while (events.includes(event) && !isFinal(event)) {
    const { body, problem } = await query(path);
    if (problem === null) {
      take(event, body);
    } else {
      event.problem = `Request to Wadi failed: ${problem}`;
    }
    update(event);
    await pause(isLate(event) ? SLOW_POLL_MS : QUICK_POLL_MS);
  }
}

/** Updates an event with the state of its receipt. */
function take(event, found) {
  event.problem = "";
  event.deadLetter = found.deadLetter;
  for (const [name, { server }] of Object.entries(TARGETS)) {
    const before = event[name];
    if (isSettled(before)) {
      continue;
    }
    const ms = performance.now() - event.clicked;
    event[name] = { ...found[name], ms };
    if (isSettled(event[name]) && found[name].state !== "not-configured") {
      const how = hasArrived(event, name) ? `in ${server}` : `${found[name].state}, not in ${server},`;
      announce(`${event.title}: ${how} after ${duration(ms)}`);
    }
  }
}

/** Returns whether the state in a target is final and was read without a problem. */
const isSettled = (target) => target !== undefined && target.state !== "pending" && !target.problem;

const isFinal = (event) => Object.keys(TARGETS).every((name) => isSettled(event[name]));

const hasArrived = (event, name) => isSettled(event[name]) && event[name].state === name;

const isLate = (event) => performance.now() - event.clicked > QUICK_FOR_MS;

// ---- The stages of an event: state, main line (text or link), note ----

function sentStage(event) {
  const main = { text: `GET ${event.request}`, code: true };
  if (event.sent?.failure) {
    return { state: "failed", main, note: event.sent.failure };
  }
  const note = event.sent ? `to ${event.sent.to}` : "";
  return { state: event.sent ? "done" : "waiting", main, note };
}

function kafkaStage(event) {
  if (event.receipt) {
    const { topic, partition, offset, ms } = event.receipt;
    const text = `${topic} partition ${partition} @ offset ${offset}`;
    return { state: "done", main: { text }, note: `acknowledged in ${duration(ms)}` };
  }
  if (event.refusal) {
    return { state: "failed", main: { text: event.refusal.reason }, note: event.refusal.advice };
  }
  if (event.sent?.failure) {
    return { state: "idle", main: { text: "no receipt" }, note: "" };
  }
  return { state: "waiting", main: { text: "waiting for the acknowledgment" }, note: waited(event) };
}

function hdfsStage(event) {
  if (hasArrived(event, "landed")) {
    const { file, url, ms } = event.landed;
    const main = { text: shortPath(file), title: file, href: linkTarget(url), code: true };
    return { state: "done", main, note: [`after ${duration(ms)}`, offsets(file)].filter(Boolean).join(" · ") };
  }
  const every = about?.rollInterval ? ` (now ${isoDuration(about.rollInterval)})` : "";
  return otherStage(event, "landed", {
    waiting: "waiting for the file",
    hint: `visible once published: wadi.landing.roll-interval${every}`,
    late: `not found in HDFS after 60 s; a file becomes visible when it is published: wadi.landing.roll-interval${every}`,
  });
}

function elasticsearchStage(event) {
  if (hasArrived(event, "indexed")) {
    const { index, id, url, ms } = event.indexed;
    const main = { text: `${index} / ${id}`, href: linkTarget(url), code: true };
    return { state: "done", main, note: `after ${duration(ms)}` };
  }
  return otherStage(event, "indexed", {
    waiting: "waiting for the document",
    hint: "",
    late: "not found in Elasticsearch after 60 s",
  });
}

/** Returns the stage of a target that the event has not reached, or not yet. */
function otherStage(event, name, words) {
  const { server, part, setting } = TARGETS[name];
  if (!event.receipt) {
    const over = event.refusal || event.sent?.failure;
    return { state: "idle", main: { text: over ? "not reached" : "after Kafka" }, note: "" };
  }
  const target = event[name];
  if (target?.state === "rejected") {
    const { topic, partition, offset } = event.deadLetter ?? {};
    const where = event.deadLetter ? `dead letter: ${topic} partition ${partition} @ offset ${offset}` : "";
    return { state: "failed", main: { text: `rejected: ${target.reason}` }, note: where };
  }
  if (target?.state === "expired") {
    return { state: "failed", main: { text: "expired: Kafka deleted the record first" }, note: `it never becomes a ${part}` };
  }
  if (target?.state === "not-configured") {
    return { state: "idle", main: { text: `${server} is not configured for this topic` }, note: setting };
  }
  const problem = event.problem || target?.problem;
  if (problem) {
    return { state: "trouble", main: { text: problem }, note: `still polling · ${waited(event)}` };
  }
  if (isLate(event)) {
    return { state: "trouble", main: { text: words.late }, note: `still polling, every ${SLOW_POLL_MS / 1000} s · ${waited(event)}` };
  }
  return { state: "waiting", main: { text: words.waiting }, note: [waited(event), words.hint].filter(Boolean).join(" · ") };
}

const waited = (event) => `${Math.floor((performance.now() - event.clicked) / 1000)} s`;

function outcome(event) {
  if (event.sent?.failure) {
    return { state: "failed", text: event.sent.unsent ? "not sent" : "no response" };
  }
  if (event.refusal) {
    return { state: "failed", text: "not accepted" };
  }
  const names = Object.keys(TARGETS);
  const lost = names.find((name) => ["rejected", "expired"].includes(event[name]?.state));
  if (lost) {
    return { state: "failed", text: event[lost].state };
  }
  if (isFinal(event)) {
    const arrived = names.filter((name) => hasArrived(event, name));
    const words = ["in Kafka alone", "arrived", "arrived in both"][arrived.length];
    const after = arrived.length > 0 ? ` after ${duration(Math.max(...arrived.map((name) => event[name].ms)))}` : "";
    return { state: "done", text: words + after };
  }
  if (event.receipt && isLate(event)) {
    return { state: "trouble", text: "on its way for over 60 s" };
  }
  return { state: "waiting", text: event.receipt ? "on its way" : "sending" };
}

function documentText(event) {
  if (hasArrived(event, "indexed")) {
    const text = JSON.stringify(event.indexed.document, null, 2) ?? "The response has no document.";
    const rest = text.length - SHOWN_CHARACTERS;
    return rest > 0 ? `${text.slice(0, SHOWN_CHARACTERS)}\n… and ${rest} more characters` : text;
  }
  const over = event.refusal || event.sent?.failure;
  if (isSettled(event.indexed)) {
    return `No document: ${event.indexed.state}.`;
  }
  return over ? "No document: there is no receipt for this event." : "Shown here as soon as it is indexed.";
}

// ---- Drawing: an element is updated only if its content has changed ----

function drawStage(stage, { state, main, note }) {
  setState(stage, state);
  setText(stage.querySelector(".state"), `: ${STATE_WORDS[state]}`);
  const line = stage.querySelector(".main");
  const wanted = JSON.stringify(main);
  if (line.drawn !== wanted) {
    line.drawn = wanted;
    line.classList.toggle("code", Boolean(main.code));
    line.replaceChildren(...(main.href ? [link(main)] : breakable(main.text)));
  }
  setText(stage.querySelector(".note"), note);
}

/** Creates a text with lines that break preferably after the punctuation of an address. */
function breakable(text) {
  const parts = text.match(/[^/?&+]*[/?&+]|[^/?&+]+/g) ?? [];
  return parts.flatMap((part) => (/[/?&+]$/.test(part) ? [part, document.createElement("wbr")] : [part]));
}

function link({ text, title, href }) {
  return make("a", { href, target: "_blank", rel: "noopener noreferrer", ...(title ? { title } : {}) }, ...breakable(text));
}

/** Creates a card with the four stages, all of them empty. */
function newCard() {
  const head = make("div", { class: "event-head" }, make("span", { class: "swatch", "aria-hidden": "true" }), make("h3"), make("time"), make("span", { class: "outcome" }));
  const stages = Object.entries(STAGES).map(([stage, name]) =>
    make(
      "li",
      { class: "stage", "data-stage": stage },
      mark("idle"),
      make("div", { class: "text" }, make("h4", {}, name, make("span", { class: "unseen state" })), make("p", { class: "main" }), make("p", { class: "note" })),
    ),
  );
  const details = make("details", { open: "" }, make("summary", {}, "The document in Elasticsearch"), make("pre", { tabindex: "0", role: "group" }));
  return make("li", { class: "event" }, make("article", {}, head, make("ol", { class: "stages", role: "list" }, ...stages), details));
}

const stageOf = (card, name) => card.querySelector(`[data-stage="${name}"]`);

function update(event) {
  const { card } = event;
  drawStage(stageOf(card, "sent"), sentStage(event));
  drawStage(stageOf(card, "kafka"), kafkaStage(event));
  drawStage(stageOf(card, "hdfs"), hdfsStage(event));
  drawStage(stageOf(card, "elasticsearch"), elasticsearchStage(event));
  const { state, text } = outcome(event);
  card.querySelector(".outcome").dataset.state = state;
  setText(card.querySelector(".outcome"), text);
  const pre = card.querySelector("pre");
  pre.dataset.state = hasArrived(event, "indexed") ? "done" : "waiting";
  setText(pre, documentText(event));
}

const isOpen = (event) => !event.refusal && !event.sent?.failure && !isFinal(event);

/** Shows a card with a description of each stage until the first click. */
function showExample() {
  const card = newCard();
  card.classList.add("example");
  card.querySelector("h3").textContent = "Nothing sent yet: click a color";
  const words = {
    sent: ["GET /api/select?color=…&user=…", "from this browser"],
    kafka: ["topic, partition and offset", "acknowledged by every in-sync replica"],
    hdfs: ["the file with the event", "visible only when complete"],
    elasticsearch: ["the document, by its id", "indexed once"],
  };
  for (const [stage, [text, note]] of Object.entries(words)) {
    drawStage(stageOf(card, stage), { state: "idle", main: { text, code: stage === "sent" }, note });
    stageOf(card, stage).querySelector(".state").textContent = "";
  }
  card.querySelector("pre").dataset.state = "waiting";
  setText(card.querySelector("pre"), "Shown here as soon as it is indexed.");
  byId("events").append(card);
}

// ---- A click ----

async function click(color) {
  const user = byId("user").value;
  const event = {
    title: user ? `${color} by ${user}` : `${color} without a user`,
    request: `/api/select?${new URLSearchParams({ color, user })}`,
    clicked: performance.now(),
    problem: "",
    card: newCard(),
  };
  list(event, color);
  await send(event);
  update(event);
  const receipt = event.receipt;
  announce(
    receipt
      ? `${event.title}: in Kafka, ${receipt.topic} partition ${receipt.partition}, offset ${receipt.offset}`
      : `${event.title}: ${event.refusal?.reason ?? event.sent.failure}`,
  );
  if (receipt) {
    await follow(event);
  }
}

function list(event, color) {
  const { card } = event;
  const time = new Date();
  card.querySelector(".swatch").dataset.color = color;
  card.querySelector("h3").textContent = event.title;
  card.querySelector("time").dateTime = time.toISOString();
  card.querySelector("time").textContent = time.toLocaleTimeString(undefined, { hour12: false });
  card.querySelector("pre").setAttribute("aria-label", `Document of ${event.title}`);
  card.querySelector("summary").addEventListener("click", () => (event.opened = true));
  // The newest event shows its document; a document that the user opened or closed stays as it is.
  if (events[0] && !events[0].opened) {
    events[0].card.querySelector("details").open = false;
  }
  document.querySelector(".example")?.remove();
  events.unshift(event);
  update(event);
  byId("events").prepend(card);
  for (const old of events.splice(KEPT_EVENTS)) {
    old.card.remove();
  }
}

// ---- The servers ----

function server(name, text, href) {
  const value = document.querySelector(`[data-server="${name}"] .value`);
  value.replaceChildren(href ? link({ text, href }) : text);
}

function showServers() {
  server("events", about.eventsUrl);
  server("kafka", about.kafka);
  server("hdfs", about.hdfs, linkTarget(about.hdfsWeb));
  server("elasticsearch", about.elasticsearch, linkTarget(about.elasticsearch));
}

async function health() {
  try {
    const response = await fetch("observe/health/ready", { cache: "no-store", signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    const body = await response.json().catch(() => null);
    const down = (body?.checks ?? []).filter((check) => check.status === "DOWN").map((check) => check.name);
    if (response.ok) {
      return { state: "done", text: "ready" };
    }
    return { state: "failed", text: `not ready: ${down.join(", ") || `status ${response.status}`}` };
  } catch {
    about = null;
    return { state: "failed", text: "not ready: Wadi does not respond" };
  }
}

async function watchServers() {
  for (;;) {
    const { state, text } = await health();
    const pipeline = document.querySelector('[data-server="health"]');
    if (!["idle", state].includes(pipeline.dataset.state)) {
      announce(`Pipeline ${text}`);
    }
    setState(pipeline, state);
    setText(pipeline.querySelector(".value"), text);
    await loadAbout();
    await pause(HEALTH_EVERY_MS);
  }
}

showExample();
for (const button of document.querySelectorAll("button[data-color]")) {
  button.addEventListener("click", () => click(button.dataset.color));
}
setInterval(() => events.filter(isOpen).forEach(update), QUICK_POLL_MS);
begin(() => loadAbout());
watchServers();
