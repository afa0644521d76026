// The state that the server has sent, and values derived from it.

import { count } from "./format.js";

export const RATE_OVER_MS = 10_000;

export const known = {
  about: null,
  lag: null,
  history: { times: [], groups: {} },
  connectors: {},
  /** The events of the partitions of each route. */
  timeline: {},
  /** The user, from `GET /api/session`; null if unknown. */
  session: null,
  heardAt: null,
  /** The states of the last seconds, oldest first. */
  samples: [],
};

export const now = () => known.samples.at(-1);
export const routes = () => Object.entries(now()?.routes ?? {}).map(([id, route]) => ({ id, ...route }));
/** The servers by the id of their health check. */
export const SERVERS = { "wadi-kafka": "Kafka", "wadi-hdfs": "HDFS", "wadi-elasticsearch": "Elasticsearch" };

/** The checks that are down, those of servers first, as they cause most of the others. */
export const failing = () => (now()?.health ?? []).filter((check) => !check.up).sort((a, b) => Number(b.id in SERVERS) - Number(a.id in SERVERS));
export const check = (id) => (now()?.health ?? []).find((each) => each.id === id);
export const groupOf = (route) => known.lag?.groups.find((group) => group.group === route.group);

/** Returns whether offsets of a group could not be read, or a partition with records has no committed offset. */
export const isLagUnknown = (group) => group.lag === null || group.uncommitted > 0 || group.topics.some((topic) => topic.lag === null);

/** Returns a group's lag in records: a lower bound or unknown if the lag of a partition is unknown. */
export const lagOf = (group) => (!isLagUnknown(group) ? count(group.lag) : group.lag > 0 ? `at least ${count(group.lag)}` : "unknown");

/** Returns the growth of a value of the samples per second; null if unknown. */
export function rate(read) {
  const last = now();
  const first = known.samples.find((each) => last.time - each.time <= RATE_OVER_MS);
  const [before, after] = [read(first), read(last)];
  return first === last || before === undefined || after === undefined
    ? null
    : Math.max(0, ((after - before) * 1000) / (last.time - first.time));
}

export const metricRate = (route, metric) => rate((each) => each.routes[route.id]?.metrics[metric]);
export const sumOf = (meter) => Object.values(meter ?? {}).reduce((sum, value) => sum + value, 0);

export const LAG_STATES = { OK: "done", WARN: "trouble", STALL: "failed", STOP: "failed", REWIND: "trouble", ERR: "failed", NOTFOUND: "idle" };
export const LAG_WORDS = {
  OK: "keeps up",
  WARN: "is falling behind: records arrive faster than it processes them",
  STALL: "is stalled: it commits the same offset again and again",
  STOP: "has stopped committing while it has lag",
  REWIND: "has been reset to earlier offsets",
};
const WORST = ["STOP", "STALL", "REWIND", "WARN", "OK"];
export const severity = (group) => (WORST.indexOf(group.status) + WORST.length) % WORST.length;

export const ROUTE_STATES = { RUNNING: "done", STARTED: "done", PAUSED: "trouble", FAILED: "failed", UNASSIGNED: "waiting" };

/** Returns the state of a route; for a route that reads from or writes to Kafka, its state as a connector. */
export function stateOf(route) {
  const connector = known.connectors[route.id]?.status;
  if (!connector) {
    return route.state.toUpperCase();
  }
  const failed = connector.connector.state === "RUNNING" && connector.tasks.some((task) => task.state === "FAILED");
  return failed ? "FAILED" : connector.connector.state;
}

export const works = (route) => ["RUNNING", "STARTED", "FAILED", "UNASSIGNED"].includes(stateOf(route));
