// The dashboard: draws the states that the management port sends as server-sent events.
// Text from servers is never inserted as markup.

import { clock, seconds } from "./format.js";
import { announce, byId, setState, setText } from "./draw.js";
import { RATE_OVER_MS, known, now } from "./state.js";
import { begin, reloadLater } from "./session.js";
import { drawFlow } from "./flow.js";
import { drawHeadline } from "./headline.js";
import { drawTimeline } from "./timeline.js";
import { drawGroups, remember, replaceHistory } from "./groups.js";
import { drawTopics } from "./topics.js";
import { drawBrokers } from "./brokers.js";
import { drawTables } from "./tables.js";
import { drawAuditButton } from "./files.js";
import { drawDeadLetters } from "./dead-letters.js";
import { drawAlerts } from "./alerts.js";
import { drawRoutes } from "./routes.js";
import { drawChecks, drawServers } from "./checks.js";

const SILENT_AFTER_MS = 7_000;

/** The time at which the page began to connect, or the login ended. */
let connectingSince = Date.now();

function drawLink() {
  const last = now();
  if (byId("login").open) {
    connectingSince = Date.now();
  }
  const silent = Date.now() - (known.heardAt ?? connectingSince) > SILENT_AFTER_MS;
  const connecting = !last && !silent;
  const link = byId("link");
  if (last && silent !== document.body.classList.contains("stale")) {
    announce(silent ? "Wadi does not respond" : "Wadi responds again");
  }
  setState(link, connecting ? "waiting" : silent ? "failed" : "done");
  setText(link.querySelector("span"), connecting ? "connecting" : !last ? "no data from Wadi" : `${silent ? "Wadi does not respond; as of" : "live,"} ${clock(last.time)}${clocksApart(last)}`);
  if (!last) {
    setText(byId("headline-title"), silent ? "No data from the pipeline" : "Connecting to the pipeline");
  }
  document.body.classList.toggle("stale", Boolean(last) && silent);
}

/** Describes how far this computer's clock differs from Wadi's clock, which all times on the page are from. */
function clocksApart(last) {
  const minutes = Math.round((known.heardAt - last.time) / 60_000);
  return minutes === 0 ? "" : `; this computer's clock is ${seconds(Math.abs(minutes) * 60)} ${minutes > 0 ? "ahead" : "behind"}`;
}

const PARTS = [drawHeadline, drawFlow, drawTimeline, drawGroups, drawTopics, drawTables, drawAuditButton, drawAlerts, drawDeadLetters, drawRoutes, drawChecks];

/** An error in one part does not stop the others. */
function drawAll() {
  for (const part of now() ? PARTS : []) {
    try {
      part();
    } catch (problem) {
      console.error(problem);
    }
  }
}

/** Removes the prototype of an object with user-defined names as keys: a group may be called "constructor". */
const byName = (states) => Object.setPrototypeOf(states, null);

const ON = {
  about: (state) => {
    known.about = state;
    drawServers();
  },
  history: (state) => {
    byName(state.groups);
    replaceHistory(state);
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
    // The counters of another process begin at zero.
    if (now() && (state.started !== now().started || state.time < now().time)) {
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

/** Connects, and reconnects after a rejected connection; after a lost one, the browser reconnects by itself. */
function listen() {
  events?.close();
  events = new EventSource("api/live");
  for (const [name, handle] of Object.entries(ON)) {
    events.addEventListener(name, (event) => handle(JSON.parse(event.data)));
  }
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) {
      reloadLater();
    }
  });
}

setInterval(drawLink, 1000);
begin(() => {
  listen();
  drawBrokers();
});
