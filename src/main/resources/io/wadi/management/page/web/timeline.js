// The events of partitions in the last hour: files, rebalances, failures. One bar is ten seconds.

import { clock, some } from "./format.js";
import { byId, draw, make, svg } from "./draw.js";
import { known, now } from "./state.js";

const STEP_MS = 10_000;
const STEPS = 360;
const HEIGHT = 28;
const WORDS = {
  files: (n) => some(n, "file", "files"),
  assigned: (n) => `${some(n, "partition", "partitions")} assigned`,
  revoked: (n) => `${some(n, "partition", "partitions")} revoked`,
  failed: (n) => some(n, "failed attempt", "failed attempts"),
};

export function drawTimeline() {
  const end = Math.floor(now().time / STEP_MS);
  const lanes = Object.entries(known.timeline)
    .map(([route, steps]) => ({ key: route, route, steps: steps.filter((step) => end - step.time / STEP_MS < STEPS), end }))
    .filter((lane) => lane.steps.length > 0);
  byId("timeline").hidden = lanes.length === 0;
  draw(byId("timeline-lanes"), lanes, (lane) => make("li", {}, make("span", { class: "lane" }, lane.route), picture(lane)));
  byId("timeline-times").replaceChildren(...[60, 45, 30, 15, 0].map((minutes) => make("span", {}, minutes === 0 ? "now" : `${minutes} min ago`)));
}

/** Draws the bars: their height is the number of files; rebalances have the full height, failures are at the top. */
function picture({ route, steps, end }) {
  const most = Math.max(1, ...steps.map((step) => step.files));
  const totals = { files: 0, assigned: 0, revoked: 0, failed: 0 };
  const bars = steps.flatMap((step) => {
    const parts = [];
    for (const what of Object.keys(totals)) {
      totals[what] += step[what];
      if (step[what] > 0) {
        parts.push(WORDS[what](step[what]));
      }
    }
    const x = STEPS - (end - step.time / STEP_MS);
    const group = svg("g", {}, svg("title", {}, `${clock(step.time)}: ${parts.join(", ")}`), svg("rect", { class: "hit", x, y: 0, width: 1, height: HEIGHT }));
    if (step.assigned + step.revoked > 0) {
      group.append(svg("rect", { class: "rebalance", x, y: 0, width: 1, height: HEIGHT }));
    }
    if (step.files > 0) {
      const height = Math.max(4, ((HEIGHT - 8) * step.files) / most);
      group.append(svg("rect", { class: "files", x, y: HEIGHT - height, width: 1, height }));
    }
    if (step.failed > 0) {
      group.append(svg("rect", { class: "failed", x: x - 0.5, y: 0, width: 2, height: 6 }));
    }
    return group;
  });
  const label = Object.entries(totals).filter(([, n]) => n > 0).map(([what, n]) => WORDS[what](n));
  return svg("svg", { viewBox: `0 0 ${STEPS} ${HEIGHT}`, preserveAspectRatio: "none", role: "img", "aria-label": `${route} in the last hour: ${label.join(", ")}` }, ...bars);
}
