// Health checks, and the servers that Wadi uses.

import { count, inShort, some } from "./format.js";
import { byId, draw, make, mark, setText } from "./draw.js";
import { check, known, now, routes } from "./state.js";

export function drawChecks() {
  const all = now().health;
  const down = all.filter((each) => !each.up);
  // Checks that are up are listed only if they have a message.
  const shown = all.filter((each) => !each.up || each.message);
  const quiet = all.length - shown.length;
  const list = shown.map(({ id, up, message }) => ({ key: id, id, up, message: inShort(message.replace(/; \d+ ms ago$/, ""), 2000) }));
  if (quiet > 0) {
    list.push({ key: "quiet", id: `${some(quiet, "check", "checks")} of routes and partitions`, up: true, message: "up" });
  }
  setText(byId("checks-count"), down.length ? `${down.length} of ${all.length} down` : `${all.length} up`);
  draw(byId("checks-rows"), list, (each) =>
    make(
      "li",
      { "data-state": each.up ? "done" : "failed" },
      mark(each.up ? "done" : "failed"),
      make("div", {}, make("strong", {}, each.id), make("p", {}, each.message)),
    ),
  );
}

export function drawServers() {
  const list = [
    ["Wadi", known.about.version],
    ["Commit", known.about.commit],
    ["Events", known.about.eventsUrl],
    ["Kafka", known.about.kafka],
    ["HDFS", known.about.hdfs],
    ["Elasticsearch", known.about.elasticsearch],
    ...(known.about.restarts ? [["Restarts", [known.about.restarts, known.about.restartCause].filter(Boolean).join(": ")]] : []),
  ].map(([name, value]) => ({ key: name, name, value: value ?? "–" }));
  draw(byId("servers"), list, (each) => make("div", {}, make("dt", {}, each.name), make("dd", {}, each.value)));
}
