// The consumer groups of the cluster and their lag.

import { behindFor, perSecond, some } from "./format.js";
import { MAX_ROWS, byId, cell, chip, cutNote, draw, empty, make, number, row, setText, sparkline } from "./draw.js";
import { LAG_STATES, known, lagOf, routes, severity } from "./state.js";

export function drawGroups() {
  const own = new Map(routes().filter((route) => route.group).map((route) => [route.group, route]));
  const list = (known.lag?.groups ?? [])
    .map((group) => ({ ...group, key: `g ${group.group}`, route: own.get(group.group)?.id, past: known.history.groups[group.group] ?? [] }))
    .sort((a, b) => severity(a) - severity(b) || Number(!a.route) - Number(!b.route) || b.lag - a.lag || a.group.localeCompare(b.group));
  setText(byId("groups-count"), known.lag?.time ? `${list.length}${cutNote(list.length)}` : "");
  draw(byId("groups-rows"), list.length ? list.slice(0, MAX_ROWS) : [empty(7, known.lag?.time ? "No group has committed an offset yet." : "Querying Kafka …")], (item) =>
    row(item, (group) => [
      cell([group.group, make("small", {}, group.route ? `route ${group.route}` : `${some(group.members ?? 0, "member", "members")}, ${group.type === "Classic" ? "" : `${group.type} protocol, `}${group.state}`)]),
      cell(chip(group.status, LAG_STATES[group.status] ?? "idle")),
      number(lagOf(group)),
      number(behindFor(group)),
      number(perSecond(group.rate)),
      cell(sparkline(group.past)),
      cell([group.topics.slice(0, 4).map((topic) => topic.topic).join(", ") + (group.topics.length > 4 ? ` and ${group.topics.length - 4} more` : ""), group.problem ? make("small", {}, group.problem) : ""]),
    ]),
  );
  setText(byId("groups-left"), known.lag?.omitted ?? "");
}

/** Replaces the history by the server's, but keeps the samples of groups that the server's omits. */
export function replaceHistory(state) {
  const indexes = new Map(known.history.times.map((time, index) => [time, index]));
  for (const [group, past] of Object.entries(known.history.groups)) {
    state.groups[group] ??= state.times.map((time) => past[indexes.get(time)] ?? null);
  }
  known.history = state;
}

/** Adds a sample to the history, which has the same maximum length as the server's. */
export function remember(state) {
  if (known.history.times.at(-1) !== state.time) {
    known.history.times.push(state.time);
  }
  const length = known.history.times.length;
  for (const group of state.groups) {
    const past = (known.history.groups[group.group] ??= []);
    while (past.length < length - 1) {
      past.push(null);
    }
    past[length - 1] = group.lag;
  }
  const existing = new Set(state.groups.map((group) => group.group));
  for (const group of Object.keys(known.history.groups)) {
    if (!existing.has(group)) {
      delete known.history.groups[group];
    }
  }
  if (length > 360) {
    known.history.times.shift();
    Object.values(known.history.groups).forEach((past) => past.shift());
  }
}
