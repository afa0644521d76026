// The headline and the problems below it.

import { behindFor, clock, count, inShort, seconds, some } from "./format.js";
import { announce, byId, draw, make, setState, setText } from "./draw.js";
import { SERVERS, LAG_STATES, LAG_WORDS, check, failing, isLagUnknown, known, now, routes, severity, sumOf, works } from "./state.js";
import { sinks } from "./flow.js";

/** Merges the checks of a group's partitions, which mostly have the same cause, into one that shows their number. */
function mergePartitions(checks) {
  const byGroup = new Map();
  for (const check of checks) {
    const name = check.id.match(/partition:(.*):[^:]+$/)?.[1] ?? check.id;
    const known = byGroup.get(name);
    byGroup.set(name, known ? { ...known, others: known.others + 1 } : { check, others: 0 });
  }
  return [...byGroup.values()];
}

function problems() {
  const found = mergePartitions(failing()).map(({ check, others }) => ({
    key: `check ${check.id}`,
    state: "failed",
    text: `${inShort(check.message || `${check.id} is down`)}${others > 0 ? ` The same for ${some(others, "other partition", "other partitions")} of this group.` : ""}`,
  }));
  const own = new Set(routes().map((route) => route.group));
  for (const group of known.lag?.groups ?? []) {
    if (group.status !== "OK") {
      found.push({
        key: `group ${group.group}`,
        state: own.has(group.group) ? LAG_STATES[group.status] : "trouble",
        text: `Group ${group.group} ${LAG_WORDS[group.status] ?? group.status}: ${some(group.lag, "record", "records")} behind${group.lag > 0 ? `, the oldest for ${behindFor(group)}` : ""}.`,
      });
    }
  }
  if (known.lag?.problem) {
    found.push({ key: "lag", state: "trouble", text: `Consumer lag ${known.lag.time ? `as of ${clock(known.lag.time)}` : "is unknown"}: ${known.lag.problem}` });
  }
  const firing = sumOf(now()?.meters["wadi.alerts.active"]);
  if (firing > 0) {
    found.push({ key: "alerts", state: "trouble", text: `${some(firing, "alert is", "alerts are")} pending or firing.` });
  }
  return found;
}

function headline(found) {
  const late = sinks().filter((sink) => sink.group && sink.group.status !== "OK");
  const down = failing();
  if (late.length > 0) {
    const worst = late.sort((a, b) => severity(a.group) - severity(b.group))[0];
    const why = worst.down ? `: ${worst.needs} is down` : "";
    return `${worst.target} is behind by ${some(worst.group.lag, "record", "records")}${worst.group.lag > 0 ? ` and ${behindFor(worst.group)}` : ""}${why}`;
  }
  const servers = down.filter((each) => each.id in SERVERS).map((each) => SERVERS[each.id]);
  if (servers.length > 0) {
    return `${new Intl.ListFormat("en").format(servers)} ${servers.length === 1 ? "is" : "are"} down`;
  }
  if (down.length > 0) {
    return down.length === 1 ? `Health check ${down[0].id} is down` : `${down.length} health checks are down`;
  }
  if (found.length > 0) {
    return "The pipeline works; other problems need attention";
  }
  if (!known.lag?.time) {
    return "All checks are up; querying consumer lag";
  }
  const oldest = Math.max(0, ...sinks().map((sink) => (sink.group?.lag > 0 ? sink.group.seconds : 0)));
  if (oldest > 0) {
    return `Healthy: the oldest unprocessed record is ${seconds(oldest)} old`;
  }
  return sinks().some((sink) => sink.group && isLagUnknown(sink.group)) ? "Healthy: no known backlog" : "Healthy: no backlog";
}

export function drawHeadline() {
  const found = problems();
  const state = found.some((each) => each.state === "failed") ? "failed" : found.length > 0 ? "trouble" : known.lag?.time ? "done" : "waiting";
  const section = byId("headline");
  const text = headline(found);
  // The numbers change every two seconds, so only a change of state is announced.
  if (section.dataset.state !== state) {
    announce(text);
  }
  setState(section, state);
  setText(byId("headline-title"), text);
  const shown = found.slice(0, 5);
  if (found.length > shown.length) {
    shown.push({ key: "more", text: `… and ${found.length - shown.length} more, below` });
  }
  draw(byId("causes"), shown, (each) => make("li", {}, each.text));
}
