// The flow diagram.

import { behindFor, count, perSecond, some } from "./format.js";
import { byId, draw, make, mark, setText } from "./draw.js";
import { ROUTE_STATES, LAG_STATES, check, failing, metricRate, groupOf, isLagUnknown, known, now, rate, routes, stateOf, sumOf, works } from "./state.js";

const MAX_SINKS = 8;
const TOPICS_PER_SINK = 2;

/** The health check of the server that a sink needs. */
const NEEDS = { landing: "wadi-hdfs", indexing: "wadi-elasticsearch" };

function sources() {
  const ingesting = routes().filter((route) => route.from === "platform-http");
  const list = [];
  if (ingesting.length > 0) {
    const events = rate((each) => each.meters["wadi.ingest.events"]?.acknowledged);
    const refused = rate((each) => sumOf(each.meters["wadi.ingest.rejections"]));
    const inFlight = sumOf(now().meters["wadi.ingest.inflight.requests"]);
    const open = ingesting.some(works);
    list.push({
      key: "http",
      title: "Events over HTTP",
      state: open ? "done" : "idle",
      main: `${some(sumOf(now().meters["wadi.ingest.events"]), "event", "events")} since the start`,
      note: [open ? known.about?.eventsUrl : "stopped", `${some(inFlight, "request", "requests")} in flight`, refused > 0 ? `${perSecond(refused)} rejected` : ""].filter(Boolean).join(" · "),
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

export function sinks() {
  return routes()
    .filter((route) => route.group)
    .map((route) => {
      const kind = ["landing", "indexing"].find((scheme) => route.to.includes(scheme)) ?? "other";
      const group = withOwnAge(groupOf(route), route);
      const needed = check(NEEDS[kind]);
      const down = needed !== undefined && !needed.up;
      const retrying = route.metrics.wadi_partition_failing > 0;
      const lagState = group ? LAG_STATES[group.status] : "idle";
      const stopped = !works(route);
      return {
        key: route.id,
        kind,
        title: kind === "landing" ? `HDFS: ${route.id}` : kind === "indexing" ? `Elasticsearch: ${route.id}` : route.id,
        target: kind === "landing" ? "HDFS" : kind === "indexing" ? "Elasticsearch" : route.id,
        needs: kind === "landing" ? "HDFS" : "Elasticsearch",
        down,
        group,
        state: down ? "failed" : stopped ? "idle" : retrying && lagState === "done" ? "trouble" : lagState,
        main: main(kind, route),
        isOff: stateOf(route) === "STOPPED" && !down,
        note: [stopped ? `${route.id} is ${stateOf(route).toLowerCase()}` : route.description, retrying ? "failing; retrying" : ""].filter(Boolean).join(" · "),
        rate: perSecond(metricRate(route, "wadi_consumed_records") ?? group?.rate),
        behind: group ? (group.lag > 0 ? `${count(group.lag)} behind, ${behindFor(group)}` : isLagUnknown(group) ? "lag unknown" : "no backlog") : "no offsets yet",
      };
    })
    .sort((a, b) => ["landing", "indexing", "other"].indexOf(a.kind) - ["landing", "indexing", "other"].indexOf(b.kind));
}

/** Returns the group, with the exact age of its oldest unprocessed record if a route of this process measured it. */
function withOwnAge(group, route) {
  const own = (route.metrics.wadi_lag_seconds ?? 0) / 1000;
  return group?.lag > 0 && own > group.seconds ? { ...group, seconds: own, secondsAreAtLeast: false } : group;
}

function main(kind, route) {
  if (kind === "landing") {
    const files = Object.entries(route.metrics)
      .filter(([name]) => name.startsWith("wadi_landed_files"))
      .reduce((sum, [, value]) => sum + value, 0);
    return `${some(files, "file", "files")}, ${some(route.metrics.wadi_landed_records ?? 0, "record", "records")} landed here`;
  }
  if (kind === "indexing") {
    return `${some(route.metrics.wadi_indexed_documents ?? 0, "document", "documents")} indexed here`;
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

export function drawFlow() {
  draw(byId("sources"), sources(), (item) =>
    make("li", {}, node(item), arrow(item.state === "done" ? "done" : "idle", item.rate, "")),
  );
  const all = sinks();
  const on = all.filter((sink) => !sink.isOff);
  const shown = on.filter((sink, at) => at < MAX_SINKS || sink.state !== "done");
  draw(byId("sinks"), shown, sinkNode);
  drawOff(all.filter((sink) => sink.isOff));
  drawKafka(shown.length);
}

const sinkNode = (item) => make("li", {}, arrow(item.state, item.rate, item.behind), node(item));

/** Draws the flows that are switched off or stopped in a collapsed list. */
function drawOff(off) {
  byId("flows-off").hidden = off.length === 0;
  setText(byId("flows-off-summary"), `${some(off.length, "flow is", "flows are")} off: ${off.map((sink) => sink.key).join(", ")}`);
  draw(byId("flows-off-rows"), off, (item) => make("li", {}, node(item)));
}

/** Draws Kafka with its busiest topics: as many as fit beside the sinks. */
function drawKafka(sinkCount) {
  const kafka = byId("kafka");
  const down = failing().some((each) => each.id.startsWith("wadi-kafka"));
  const named = Object.entries(known.lag?.topics ?? {}).filter(([name]) => !name.startsWith("__")); // without Kafka's own
  const topics = named.map(([, topic]) => topic);
  const busiest = named
    .filter(([, topic]) => topic.rate > 0)
    .sort(([, a], [, b]) => b.rate - a.rate)
    .slice(0, Math.max(1, sinkCount * TOPICS_PER_SINK))
    .map(([name, topic]) => [name, perSecond(topic.rate)]);
  const written = topics.every((topic) => topic.rate === null) ? null : topics.reduce((sum, topic) => sum + (topic.rate ?? 0), 0);
  const item = {
    key: "kafka",
    title: "Kafka",
    state: down ? "failed" : known.lag?.time ? "done" : "waiting",
    main: known.lag?.time ? [some(topics.length, "topic", "topics"), written === null ? "" : `${perSecond(written)} written`].filter(Boolean).join(", ") : "connecting",
    note: known.about?.kafka ?? "",
    busiest,
  };
  const content = JSON.stringify(item);
  if (kafka.content !== content) {
    kafka.content = content;
    kafka.dataset.state = item.state;
    const list = make("ol", { class: "busiest", role: "list", "aria-label": "Busiest topics" }, ...busiest.map(([name, text]) => make("li", {}, make("span", {}, name), make("span", { class: "n" }, text))));
    kafka.replaceChildren(...node(item).childNodes, ...(busiest.length ? [list] : []));
  }
}
