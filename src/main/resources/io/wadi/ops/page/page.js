// Shows how the pipeline is doing, by what the management port sends as it changes.
// Whatever a server says is shown as text, never as markup.

const RATE_OVER_MS = 10_000;
const SILENT_AFTER_MS = 7_000;
const RETRY_MS = 2_000;
const MOST_OTHERS = 8;
const MOST_ROWS = 500;
const SVG = "http://www.w3.org/2000/svg";

const byId = (id) => document.getElementById(id);

let about = null;
let lag = null;
let history = { times: [], groups: {} };
let connectors = {};
/** Who has logged in, as `GET /api/session` says; null where that is not known. */
let session = null;
let heardAt = null;
/** What was sent in the last seconds, the oldest first. */
const samples = [];

// ---- Numbers as people read them ----

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

function count(number) {
  if (number === null || number === undefined) {
    return "–";
  }
  if (number < 1e6) {
    return whole.format(number);
  }
  const [divisor, unit] = number < 1e9 ? [1e6, "M"] : [1e9, "G"];
  return `${(number / divisor).toPrecision(3)} ${unit}`;
}

function perSecond(rate) {
  if (rate === null || rate === undefined) {
    return "–";
  }
  return rate > 0 && rate < 10 ? `${rate < 0.1 ? "< 0.1" : rate.toFixed(1)}/s` : `${count(Math.round(rate))}/s`;
}

function seconds(number) {
  if (number < 60) {
    return number > 0 && number < 10 ? `${number.toFixed(1)} s` : `${Math.round(number)} s`;
  }
  const minutes = Math.floor(number / 60);
  if (minutes < 60) {
    return `${minutes} min ${Math.round(number % 60)} s`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}


/** How long the oldest record waits. At least so long is said only where that tells something. */
function behindFor(item) {
  if (item.lag === 0) {
    return "–";
  }
  return item.secondsAreAtLeast && item.seconds < 1 ? "just now" : `${item.secondsAreAtLeast ? "over " : ""}${seconds(item.seconds)}`;
}

const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB");
const some = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;

// ---- Drawing: an element is touched only where what it says has changed ----

/** An element with attributes and children; texts become text nodes. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

function mark(state) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "mark");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#mark-${state}`);
  svg.append(use);
  return svg;
}

const chip = (text, state) => make("span", { class: "chip", "data-state": state }, text);

/** Makes the children those of the items, in their order; one whose item says the same as before is left as it is. */
function draw(parent, items, build) {
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, at) => {
    const said = JSON.stringify(item);
    let child = before.get(item.key);
    if (child?.said !== said) {
      const made = build(item);
      made.dataset.key = item.key;
      made.said = said;
      const focused = child?.contains(document.activeElement) ? document.activeElement.dataset.action : null;
      child?.replaceWith(made);
      if (focused) {
        made.querySelector(`[data-action="${focused}"]`)?.focus();
      }
      child = made;
    }
    before.delete(item.key);
    if (parent.children[at] !== child) {
      parent.insertBefore(child, parent.children[at] ?? null);
    }
  });
  before.forEach((child) => child.remove());
}

function say(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

function setState(element, state) {
  if (element.dataset.state !== state) {
    element.dataset.state = state;
    element.querySelector(".mark use")?.setAttribute("href", `#mark-${state}`);
  }
}

function sparkline(values) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "spark");
  svg.setAttribute("viewBox", "0 0 100 20");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  const known = values.filter((value) => value !== null);
  const most = Math.max(1, ...known);
  svg.setAttribute("aria-label", known.length ? `from ${count(known[0])} to ${count(known.at(-1))}, at most ${count(Math.max(...known))}` : "nothing known yet");
  const step = 100 / Math.max(1, values.length - 1);
  let line = "";
  let down = false;
  values.forEach((value, i) => {
    if (value === null) {
      down = false;
      return;
    }
    line += `${down ? "L" : "M"}${(i * step).toFixed(1)} ${(19 - (18 * value) / most).toFixed(1)}`;
    down = true;
  });
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", line);
  svg.append(path);
  return svg;
}

// ---- What is known now ----

const now = () => samples.at(-1);
const routes = () => Object.entries(now()?.routes ?? {}).map(([id, route]) => ({ id, ...route }));
const failing = () => (now()?.health ?? []).filter((check) => !check.up);
const check = (id) => (now()?.health ?? []).find((each) => each.id === id);
const groupOf = (route) => lag?.groups.find((group) => group.group === route.group);

/** How fast a number of the samples grows; null where that is not known. */
function rate(read) {
  const last = now();
  const first = samples.find((each) => last.time - each.time <= RATE_OVER_MS);
  const [before, after] = [read(first), read(last)];
  return first === last || before === undefined || after === undefined
    ? null
    : Math.max(0, ((after - before) * 1000) / (last.time - first.time));
}

const figureRate = (route, figure) => rate((each) => each.routes[route.id]?.figures[figure]);
const sumOf = (meter) => Object.values(meter ?? {}).reduce((sum, value) => sum + value, 0);

const VERDICT_STATES = { OK: "done", WARN: "trouble", STALL: "failed", STOP: "failed", REWIND: "trouble", ERR: "failed", NOTFOUND: "idle" };
const VERDICT_WORDS = {
  OK: "keeps up",
  WARN: "falls behind: it works, and more comes in than it does",
  STALL: "commits, and gets no further",
  STOP: "has stopped: records wait, and nothing is committed",
  REWIND: "has gone back to earlier offsets",
};
const WORST = ["STOP", "STALL", "REWIND", "WARN", "OK"];
const severity = (group) => (WORST.indexOf(group.verdict) + WORST.length) % WORST.length;

const ROUTE_STATES = { RUNNING: "done", STARTED: "done", PAUSED: "trouble", FAILED: "failed", UNASSIGNED: "waiting" };

/** What is to be said of a route in a word: of one that reads or writes Kafka its state as a connector. */
function stateOf(route) {
  const connector = connectors[route.id]?.status;
  if (!connector) {
    return route.state.toUpperCase();
  }
  const failed = connector.connector.state === "RUNNING" && connector.tasks.some((task) => task.state === "FAILED");
  return failed ? "FAILED" : connector.connector.state;
}

const works = (route) => ["RUNNING", "STARTED", "FAILED", "UNASSIGNED"].includes(stateOf(route));

// ---- What is wrong, in a sentence ----

/** The server that a sink needs, by the health check that asks it. */
const NEEDS = { landing: "wadi-hdfs", indexing: "wadi-elasticsearch" };

function troubles() {
  const found = failing().map((each) => ({
    key: `check ${each.id}`,
    state: "failed",
    text: each.message || `${each.id} is down`,
  }));
  const own = new Set(routes().map((route) => route.group));
  for (const group of lag?.groups ?? []) {
    if (group.verdict !== "OK") {
      found.push({
        key: `group ${group.group}`,
        state: own.has(group.group) ? VERDICT_STATES[group.verdict] : "trouble",
        text: `Group ${group.group} ${VERDICT_WORDS[group.verdict] ?? group.verdict}: ${some(group.lag, "record", "records")} behind${group.lag > 0 ? `, the oldest for ${behindFor(group)}` : ""}.`,
      });
    }
  }
  if (lag?.problem) {
    found.push({ key: "lag", state: "trouble", text: `How far groups are behind is of ${lag.time ? clock(lag.time) : "no time yet"}: ${lag.problem}` });
  }
  const firing = sumOf(now()?.meters["wadi.alerts.active"]);
  if (firing > 0) {
    found.push({ key: "alerts", state: "trouble", text: `${some(firing, "alert is", "alerts are")} pending or firing.` });
  }
  return found;
}

function headline(found) {
  const late = sinks().filter((sink) => sink.group && sink.group.verdict !== "OK");
  const down = failing();
  if (late.length > 0) {
    const worst = late.sort((a, b) => severity(a.group) - severity(b.group))[0];
    const why = worst.down ? `: ${worst.needs} is down` : "";
    return `${worst.title} is behind by ${some(worst.group.lag, "record", "records")}${worst.group.lag > 0 ? ` and ${behindFor(worst.group)}` : ""}${why}`;
  }
  if (down.length > 0) {
    return down.length === 1 ? "One health check is down" : `${down.length} health checks are down`;
  }
  if (found.length > 0) {
    return "The pipeline works; something beside it wants a look";
  }
  if (!lag?.time) {
    return "All checks are up; Kafka is being asked how far groups are behind";
  }
  const oldest = Math.max(0, ...sinks().map((sink) => (sink.group?.lag > 0 ? sink.group.seconds : 0)));
  return oldest > 0 ? `All is well: the oldest record that waits is ${seconds(oldest)} old` : "All is well: nothing waits";
}

function drawVerdict() {
  const found = troubles();
  const state = found.some((each) => each.state === "failed") ? "failed" : found.length > 0 ? "trouble" : lag?.time ? "done" : "waiting";
  const section = byId("verdict");
  setState(section, state);
  say(byId("headline"), headline(found));
  const shown = found.slice(0, 5);
  if (found.length > shown.length) {
    shown.push({ key: "more", text: `… and ${found.length - shown.length} more, below` });
  }
  draw(byId("causes"), shown, (each) => make("li", {}, each.text));
}

// ---- The flow ----

function sources() {
  const taking = routes().filter((route) => route.from === "platform-http");
  const list = [];
  if (taking.length > 0) {
    const events = rate((each) => each.meters["wadi.intake.events"]?.acknowledged);
    const refused = rate((each) => sumOf(each.meters["wadi.intake.refusals"]));
    const inHand = sumOf(now().meters["wadi.intake.inflight.requests"]);
    const open = taking.some(works);
    list.push({
      key: "http",
      title: "Events over HTTP",
      state: open ? "done" : "idle",
      main: `${some(sumOf(now().meters["wadi.intake.events"]), "event", "events")} since the start`,
      note: [open ? about?.eventsUrl : "stopped", `${some(inHand, "request", "requests")} in hand`, refused > 0 ? `${perSecond(refused)} refused` : ""].filter(Boolean).join(" · "),
      rate: perSecond(events),
    });
  }
  for (const route of routes().filter((each) => each.from === "timer" && each.to.includes("kafka"))) {
    list.push({
      key: route.id,
      title: route.id,
      state: ROUTE_STATES[stateOf(route)] ?? "idle",
      main: route.description ?? "",
      note: works(route) ? "" : stateOf(route).toLowerCase(),
      rate: "",
    });
  }
  return list;
}

function sinks() {
  return routes()
    .filter((route) => route.group)
    .map((route) => {
      const kind = ["landing", "indexing"].find((scheme) => route.to.includes(scheme)) ?? "other";
      const group = groupOf(route);
      const needed = check(NEEDS[kind]);
      const down = needed !== undefined && !needed.up;
      const tries = route.figures.wadi_partition_failing > 0;
      const lagState = group ? VERDICT_STATES[group.verdict] : "idle";
      const stopped = !works(route);
      return {
        key: route.id,
        kind,
        title: kind === "landing" ? "HDFS" : kind === "indexing" ? "Elasticsearch" : route.id,
        needs: kind === "landing" ? "HDFS" : "Elasticsearch",
        down,
        group,
        state: down ? "failed" : stopped ? "idle" : tries && lagState === "done" ? "trouble" : lagState,
        main: main(kind, route),
        note: [stopped ? `${route.id} is ${stateOf(route).toLowerCase()}` : kind === "other" ? route.description : `by ${route.id}`, tries ? "it fails and is tried again" : ""].filter(Boolean).join(" · "),
        rate: perSecond(figureRate(route, "wadi_consumed_records") ?? group?.rate),
        behind: group ? (group.lag > 0 ? `${count(group.lag)} behind, ${behindFor(group)}` : "nothing waits") : "no offsets yet",
      };
    })
    .sort((a, b) => ["landing", "indexing", "other"].indexOf(a.kind) - ["landing", "indexing", "other"].indexOf(b.kind));
}

function main(kind, route) {
  if (kind === "landing") {
    const files = Object.entries(route.figures)
      .filter(([name]) => name.startsWith("wadi_landed_files"))
      .reduce((sum, [, value]) => sum + value, 0);
    return `${some(files, "file", "files")}, ${some(route.figures.wadi_landed_records ?? 0, "record", "records")} landed here`;
  }
  if (kind === "indexing") {
    return `${some(route.figures.wadi_indexed_documents ?? 0, "document", "documents")} indexed here`;
  }
  return route.topics.length > 0 ? `reads ${route.topics.slice(0, 3).join(", ")}${route.topics.length > 3 ? " …" : ""}` : "";
}

function arrow(state, rateText, lagText) {
  return make(
    "div",
    { class: "arrow", "data-state": state },
    make("span", { class: "rate" }, rateText),
    make("span", { class: "lag" }, lagText),
  );
}

function node(item) {
  return make(
    "div",
    { class: "node", "data-state": item.state },
    make("h3", {}, mark(item.state), item.title),
    make("p", { class: "main" }, item.main),
    make("p", {}, item.note),
  );
}

function drawFlow() {
  draw(byId("sources"), sources(), (item) =>
    make("li", {}, node(item), arrow(item.state === "done" ? "done" : "idle", item.rate, "")),
  );
  const all = sinks();
  const shown = all.filter((sink, at) => at < MOST_OTHERS || sink.state !== "done");
  draw(byId("sinks"), shown, (item) => make("li", {}, arrow(item.state, item.rate, item.behind), node(item)));

  const kafka = byId("kafka");
  const down = failing().some((each) => each.id.startsWith("wadi-kafka"));
  const topics = Object.values(lag?.topics ?? {});
  const written = topics.every((topic) => topic.rate === null) ? null : topics.reduce((sum, topic) => sum + (topic.rate ?? 0), 0);
  const item = {
    key: "kafka",
    title: "Kafka",
    state: down ? "failed" : lag?.time ? "done" : "waiting",
    main: lag?.time ? [some(topics.length, "topic", "topics"), written === null ? "" : `${perSecond(written)} written`].filter(Boolean).join(", ") : "being asked",
    note: about?.kafka ?? "",
  };
  const said = JSON.stringify(item);
  if (kafka.said !== said) {
    kafka.said = said;
    kafka.dataset.state = item.state;
    kafka.replaceChildren(...node(item).childNodes);
  }
}

// ---- The tables ----

const cell = (content, attributes = {}) => make("td", attributes, ...[content].flat());
const number = (text) => cell(text, { class: "n" });

function empty(columns, text) {
  return { key: "empty", columns, text };
}

function row(item, cells) {
  return item.key === "empty"
    ? make("tr", { class: "empty" }, cell(item.text, { colspan: item.columns }))
    : make("tr", {}, ...cells(item));
}

function drawGroups() {
  const own = new Map(routes().filter((route) => route.group).map((route) => [route.group, route]));
  const list = (lag?.groups ?? [])
    .map((group) => ({ ...group, key: `g ${group.group}`, route: own.get(group.group)?.id, past: history.groups[group.group] ?? [] }))
    .sort((a, b) => severity(a) - severity(b) || Number(!a.route) - Number(!b.route) || b.lag - a.lag || a.group.localeCompare(b.group));
  say(byId("groups-count"), lag?.time ? String(list.length) : "");
  draw(byId("groups-rows"), list.length ? list.slice(0, MOST_ROWS) : [empty(7, lag?.time ? "No group has committed an offset yet." : "Kafka is being asked.")], (item) =>
    row(item, (group) => [
      cell([group.group, make("small", {}, group.route ? `route ${group.route}` : `${some(group.members ?? 0, "member", "members")}, ${group.state}`)]),
      cell(chip(group.verdict, VERDICT_STATES[group.verdict] ?? "idle")),
      number(count(group.lag)),
      number(behindFor(group)),
      number(perSecond(group.rate)),
      cell(sparkline(group.past)),
      cell([group.topics.slice(0, 4).map((topic) => topic.topic).join(", ") + (group.topics.length > 4 ? ` and ${group.topics.length - 4} more` : ""), group.problem ? make("small", {}, group.problem) : ""]),
    ]),
  );
  say(byId("groups-left"), lag?.left ?? "");
}

function drawTopics() {
  const asked = byId("topics-filter").value.trim().toLowerCase();
  const readers = new Map();
  for (const group of lag?.groups ?? []) {
    for (const topic of group.topics) {
      readers.set(topic.topic, [...(readers.get(topic.topic) ?? []), `${group.group}${topic.lag > 0 ? ` (${count(topic.lag)} behind)` : ""}`]);
    }
  }
  const all = Object.entries(lag?.topics ?? {});
  const list = all
    .filter(([name]) => name.toLowerCase().includes(asked))
    .map(([name, topic]) => ({ key: `t ${name}`, name, ...topic, readers: readers.get(name) ?? [] }));
  say(byId("topics-count"), asked ? `${list.length} of ${all.length}` : lag?.time ? String(all.length) : "");
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

const form = byId("records-form").elements;
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
  const partitions = lag?.topics[topic]?.partitions ?? 0;
  form.partition.replaceChildren(make("option", { value: "" }, "all"), ...Array.from({ length: partitions }, (_, i) => make("option", { value: String(i) }, String(i))));
  form.from.value = "newest";
  chooseFrom();
  byId("records").scrollIntoView({ block: "start" });
  lookAtRecords();
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
  const response = await fetch(`api/topics/${encodeURIComponent(topic)}/records?${asked}`, { cache: "no-store" }).catch(() => null);
  const body = await response?.json().catch(() => null);
  if (topic !== looked) {
    return;
  }
  if (!response?.ok) {
    say(byId("records-said"), body?.error ?? "Wadi does not answer");
    draw(byId("records-rows"), [], () => null);
    return;
  }
  const there = body.partitions.reduce((sum, each) => sum + each.end - each.begin, 0);
  const where = body.partitions.length === 1 ? `partition ${body.partitions[0].partition} has offsets ${body.partitions[0].begin} to ${body.partitions[0].end - 1}` : `${body.partitions.length} partitions`;
  say(byId("records-said"), there === 0 ? "There is none." : `${body.records.length} of at most ${count(there)}; ${where}.`);
  draw(byId("records-rows"), body.records.map((each) => ({ ...each, recordKey: each.key, key: `${each.partition}@${each.offset}` })), drawRecord);
}

function drawRecord(record) {
  const preview = record.value === null ? "no value: a tombstone" : record.value.replace(/\s+/g, " ").slice(0, 160);
  const headers = record.headers.map((each) => `${each.name}: ${each.value}`).join("\n");
  return make(
    "li",
    {},
    make(
      "details",
      {},
      make("summary", {}, make("span", { class: "at" }, record.key), make("time", {}, new Date(record.time).toLocaleString("en-GB")), make("span", { class: "preview code" }, preview)),
      make(
        "dl",
        {},
        make("dt", {}, "key"),
        make("dd", { class: "code" }, record.recordKey ?? "none"),
        make("dt", {}, "headers"),
        make("dd", { class: "code" }, headers || "none"),
        make("dt", {}, "value"),
        make("dd", {}, record.bytes === null ? "none" : `${some(record.bytes, "byte", "bytes")}${record.cut ? ", the first 20,000 characters are shown" : ""}`),
      ),
      record.value === null ? "" : make("pre", { tabindex: "0" }, record.value),
    ),
  );
}

// ---- Routes, and what may be done with them ----

/** By what it does the requests of Kafka Connect's REST API, and in which states it makes sense. */
const ACTIONS = {
  pause: { method: "PUT", path: "pause", states: ["RUNNING", "FAILED", "UNASSIGNED"] },
  resume: { method: "PUT", path: "resume", states: ["PAUSED", "STOPPED"] },
  restart: { method: "POST", path: "restart?includeTasks=true", states: ["RUNNING", "FAILED"] },
  stop: { method: "PUT", path: "stop", states: ["RUNNING", "PAUSED", "FAILED", "UNASSIGNED"], asks: true },
};
const SURE_FOR_MS = 4000;

async function act(route, name, button) {
  const action = ACTIONS[name];
  if (action.asks && button.textContent === name) {
    button.textContent = `really ${name}?`;
    setTimeout(() => say(button, name), SURE_FOR_MS);
    return;
  }
  button.disabled = true;
  try {
    const response = await fetch(`connectors/${encodeURIComponent(route)}/${action.path}`, {
      method: action.method,
      headers: { Accept: "application/json", "X-CSRF-Token": session?.csrf ?? "" },
    });
    const body = await response.json().catch(() => null);
    tell(response.ok ? `${route}: ${name} is under way` : `${route}: ${body?.message ?? `answer ${response.status}`}`, !response.ok);
    if (response.status === 401) {
      askWho();
    }
  } catch {
    tell(`${route}: Wadi does not answer`, true);
  } finally {
    button.disabled = false;
    say(button, name);
  }
}

let toldUntil = 0;

/** Says how an action went, for a while. */
function tell(text, isBad) {
  const told = byId("told");
  say(told, text);
  told.dataset.state = isBad ? "failed" : "done";
  toldUntil = Date.now() + 8000;
  setTimeout(() => Date.now() >= toldUntil && say(told, ""), 8100);
}

function actions(route) {
  return Object.entries(ACTIONS)
    .filter(([, action]) => action.states.includes(route.state))
    .map(([name]) => {
      const button = make("button", { type: "button", "data-action": name, "aria-label": `${name} ${route.id}` }, name);
      button.addEventListener("click", () => act(route.id, name, button));
      return button;
    });
}

function drawRoutes() {
  const inFlow = (route) => Number(Boolean(route.group) || route.to.includes("kafka"));
  const mayChange = session?.role === "operate";
  const list = routes()
    .sort((a, b) => inFlow(b) - inFlow(a) || a.id.localeCompare(b.id))
    .map((route) => ({
      key: route.id,
      id: route.id,
      description: route.description,
      state: stateOf(route),
      trace: connectors[route.id]?.status.tasks.find((task) => task.trace)?.trace ?? "",
      steered: mayChange && route.id in connectors,
      way: `${route.from} → ${route.to.filter((scheme) => scheme !== "").join(", ") || "its own steps"}`,
      rate: perSecond(figureRate(route, "wadi_consumed_records")),
      inHand: count(route.figures.wadi_inflight_records),
      retries: count(route.figures.wadi_retries),
    }));
  say(byId("routes-count"), String(list.length));
  draw(byId("routes-rows"), list, (route) =>
    make(
      "tr",
      {},
      cell([route.id, make("small", {}, route.description ?? "")]),
      cell([chip(route.state.toLowerCase(), ROUTE_STATES[route.state] ?? "idle"), make("small", {}, route.trace)]),
      cell(route.way),
      number(route.rate),
      number(route.inHand),
      number(route.retries),
      cell(route.steered ? actions(route) : "", { class: "actions" }),
    ),
  );
}

function drawChecks() {
  const all = now().health;
  const down = all.filter((each) => !each.up);
  // Of those that are up, only the ones that prove something say what.
  const shown = all.filter((each) => !each.up || each.message);
  const quiet = all.length - shown.length;
  const list = shown.map(({ id, up, message }) => ({ key: id, id, up, message: message.replace(/; \d+ ms ago$/, "") }));
  if (quiet > 0) {
    list.push({ key: "quiet", id: `${some(quiet, "check", "checks")} of routes and partitions`, up: true, message: "up" });
  }
  say(byId("checks-count"), down.length ? `${down.length} of ${all.length} down` : `${all.length} up`);
  draw(byId("checks-rows"), list, (each) =>
    make(
      "li",
      { "data-state": each.up ? "done" : "failed" },
      mark(each.up ? "done" : "failed"),
      make("div", {}, make("strong", {}, each.id), make("p", {}, each.message)),
    ),
  );
}

function drawServers() {
  const list = [
    ["Wadi", about.version],
    ["Events", about.eventsUrl],
    ["Kafka", about.kafka],
    ["HDFS", about.hdfs],
    ["Elasticsearch", about.elasticsearch],
  ].map(([name, value]) => ({ key: name, name, value: value ?? "–" }));
  draw(byId("servers"), list, (each) => make("div", {}, make("dt", {}, each.name), make("dd", {}, each.value)));
}

function drawLink() {
  const silent = heardAt === null || Date.now() - heardAt > SILENT_AFTER_MS;
  const link = byId("link");
  setState(link, heardAt === null ? "waiting" : silent ? "failed" : "done");
  say(link.querySelector("span"), heardAt === null ? "connecting" : silent ? `Wadi does not answer; as of ${clock(heardAt)}` : `live, ${clock(heardAt)}`);
  document.body.classList.toggle("stale", heardAt !== null && silent);
}

function drawAll() {
  if (!now()) {
    return;
  }
  drawVerdict();
  drawFlow();
  drawGroups();
  drawTopics();
  drawRoutes();
  drawChecks();
}

// ---- Who looks at this ----

/** Learns who has logged in; asks where nobody has. */
async function askWho() {
  const response = await fetch("api/session", { cache: "no-store" }).catch(() => null);
  if (response?.ok) {
    session = await response.json();
    byId("login").close();
    byId("who").hidden = session.csrf === "";
    say(byId("who").querySelector("span"), `${session.user} (${session.role})`);
    listen();
  } else if (response?.status === 401) {
    session = null;
    if (!byId("login").open) {
      byId("login").showModal();
    }
  } else {
    setTimeout(askWho, RETRY_MS);
  }
}

byId("login").addEventListener("cancel", (event) => event.preventDefault());
byId("login-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  say(byId("login-problem"), "");
  const response = await fetch("api/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: form.elements.user.value, password: form.elements.password.value }),
  }).catch(() => null);
  if (response?.ok) {
    form.reset();
    askWho();
  } else {
    const body = await response?.json().catch(() => null);
    say(byId("login-problem"), body?.message ?? "Wadi does not answer");
  }
});
byId("logout").addEventListener("click", async () => {
  await fetch("api/session", { method: "DELETE", headers: { "X-CSRF-Token": session?.csrf ?? "" } }).catch(() => null);
  location.reload();
});

// ---- What the server sends ----

const ON = {
  about: (state) => {
    about = state;
    drawServers();
  },
  history: (state) => {
    history = state;
  },
  connectors: (state) => {
    connectors = state;
  },
  lag: (state) => {
    if (lag && state.time !== lag.time) {
      remember(state);
    }
    lag = state;
  },
  now: (state) => {
    if (now() && state.time < now().time) {
      samples.length = 0;
    }
    samples.push(state);
    while (samples.length > 2 && state.time - samples[0].time > 2 * RATE_OVER_MS) {
      samples.shift();
    }
    heardAt = Date.now();
    drawLink();
    drawAll();
  },
};

/** The history goes on with each look, as long as the server's own would. */
function remember(state) {
  history.times.push(state.time);
  const length = history.times.length;
  for (const group of state.groups) {
    const past = (history.groups[group.group] ??= []);
    while (past.length < length - 1) {
      past.push(null);
    }
    past.push(group.lag);
  }
  if (length > 360) {
    history.times.shift();
    Object.values(history.groups).forEach((past) => past.shift());
  }
}

let events = null;

/** A browser tries by itself where the connection is lost, and not where Wadi has refused it. */
function listen() {
  events?.close();
  events = new EventSource("api/live");
  for (const [name, take] of Object.entries(ON)) {
    events.addEventListener(name, (event) => take(JSON.parse(event.data)));
  }
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(askWho, RETRY_MS);
    }
  });
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
setInterval(drawLink, 1000);
askWho();
