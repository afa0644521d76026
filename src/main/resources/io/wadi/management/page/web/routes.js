// Routes, and what may be done with them.

import { count, perSecond } from "./words.js";
import { byId, cell, chip, draw, make, number, once, say, sure } from "./draw.js";
import { ROUTE_STATES, figureRate, known, routes, stateOf } from "./known.js";
import { ask, change } from "./session.js";

/** By what it does the requests of Kafka Connect's REST API, and in which states it makes sense. */
const ACTIONS = {
  pause: { method: "PUT", path: "pause", states: ["RUNNING", "FAILED", "UNASSIGNED"] },
  resume: { method: "PUT", path: "resume", states: ["PAUSED", "STOPPED"] },
  restart: { method: "POST", path: "restart?includeTasks=true", states: ["RUNNING", "FAILED"] },
  stop: { method: "PUT", path: "stop", states: ["RUNNING", "PAUSED", "FAILED", "UNASSIGNED"], asks: true },
};

async function act(route, name, button) {
  const action = ACTIONS[name];
  if (action.asks && !button.dataset.sure) {
    sure(button, `really ${name}?`);
    return;
  }
  const done = await once(button, () => change(action.method, `connectors/${encodeURIComponent(route)}/${action.path}`));
  if (done) {
    tell(`${route}: ${done.problem ?? `${name} is under way`}`, Boolean(done.problem));
    sure(button, null);
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

export function drawRoutes() {
  const inFlow = (route) => Number(Boolean(route.group) || route.to.includes("kafka"));
  const mayChange = known.session?.role === "operate";
  const list = routes()
    .sort((a, b) => inFlow(b) - inFlow(a) || a.id.localeCompare(b.id))
    .map((route) => ({
      key: route.id,
      id: route.id,
      description: route.description,
      state: stateOf(route),
      trace: known.connectors[route.id]?.status.tasks.find((task) => task.trace)?.trace ?? "",
      steered: mayChange && route.id in known.connectors,
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
      cell([opener(route.id), make("small", {}, route.description ?? "")]),
      cell([chip(route.state.toLowerCase(), ROUTE_STATES[route.state] ?? "idle"), make("small", {}, route.trace)]),
      cell(route.way),
      number(route.rate),
      number(route.inHand),
      number(route.retries),
      cell(route.steered ? actions(route) : "", { class: "actions" }),
    ),
  );
}

// ---- What a route does ----

let opened = null;

function opener(route) {
  const button = make("button", { type: "button", class: "plain", "data-action": "text", "aria-label": `what ${route} does` }, route);
  button.addEventListener("click", () => open(route));
  return button;
}

async function open(route) {
  opened = route;
  const { body, problem } = await ask(`api/routes/${encodeURIComponent(route)}`);
  if (opened === route) {
    byId("route-text").hidden = false;
    say(byId("route-title"), route);
    say(byId("route-source"), problem ?? (body.source ? `As it runs now; read from ${body.source}.` : "As it runs now."));
    say(byId("route-yaml"), body?.yaml ?? "");
    byId("route-text").scrollIntoView({ block: "nearest" });
  }
}

byId("route-close").addEventListener("click", () => {
  opened = null;
  byId("route-text").hidden = true;
});
