// Shows how the pipeline is doing, by what the management port sends as it changes.
// Whatever a server says is shown as text, never as markup.

import { clock, seconds } from "./words.js";
import { byId, say, setState } from "./draw.js";
import { RATE_OVER_MS, known, now } from "./known.js";
import { askLater, begin } from "./session.js";
import { drawFlow } from "./flow.js";
import { drawVerdict } from "./verdict.js";
import { drawTimeline } from "./timeline.js";
import { drawGroups, remember } from "./groups.js";
import { drawTopics } from "./topics.js";
import { drawBrokers } from "./brokers.js";
import { drawTables } from "./kept.js";
import { mayAudit } from "./files.js";
import { drawLetters } from "./letters.js";
import { drawAlerts } from "./alerts.js";
import { drawRoutes } from "./routes.js";
import { drawChecks, drawServers } from "./checks.js";

const SILENT_AFTER_MS = 7_000;

function drawLink() {
  const last = now();
  const silent = Date.now() - known.heardAt > SILENT_AFTER_MS;
  const link = byId("link");
  setState(link, !last ? "waiting" : silent ? "failed" : "done");
  say(link.querySelector("span"), !last ? "connecting" : `${silent ? "Wadi does not answer; as of" : "live,"} ${clock(last.time)}${clocksApart(last)}`);
  document.body.classList.toggle("stale", Boolean(last) && silent);
}

/** All times are of Wadi's clock: a person must know where the one beside the page shows another. */
function clocksApart(last) {
  const minutes = Math.round((known.heardAt - last.time) / 60_000);
  return minutes === 0 ? "" : `; this computer's clock is ${seconds(Math.abs(minutes) * 60)} ${minutes > 0 ? "ahead" : "behind"}`;
}

const PARTS = [drawVerdict, drawFlow, drawTimeline, drawGroups, drawTopics, drawTables, mayAudit, drawAlerts, drawLetters, drawRoutes, drawChecks];

/** A part that cannot be drawn does not keep the others from it. */
function drawAll() {
  for (const part of now() ? PARTS : []) {
    try {
      part();
    } catch (problem) {
      console.error(problem);
    }
  }
}

/** By names that others choose: a group may be called "constructor". */
const byName = (states) => Object.setPrototypeOf(states, null);

const ON = {
  /** The first of what is sent: a Wadi that was started anew counts anew. */
  about: (state) => {
    known.about = state;
    known.samples.length = 0;
    drawServers();
  },
  history: (state) => {
    byName(state.groups);
    known.history = state;
  },
  connectors: (state) => {
    known.connectors = byName(state);
  },
  timeline: (state) => {
    known.timeline = byName(state);
  },
  lag: (state) => {
    byName(state.topics);
    if (known.lag && state.time !== known.lag.time) {
      remember(state);
    }
    known.lag = state;
  },
  now: (state) => {
    if (now() && state.time < now().time) {
      known.samples.length = 0;
    }
    byName(state.routes);
    known.samples.push(state);
    while (known.samples.length > 2 && state.time - known.samples[0].time > 2 * RATE_OVER_MS) {
      known.samples.shift();
    }
    known.heardAt = Date.now();
    drawLink();
    drawAll();
  },
};

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
      askLater();
    }
  });
}

setInterval(drawLink, 1000);
begin(() => {
  listen();
  drawBrokers();
});
