// Routes and their actions.

import { count, perSecond } from "./format.js";
import { byId, cell, chip, conceal, confirmOn, draw, make, number, once, reveal, setText } from "./draw.js";
import { ROUTE_STATES, metricRate, known, routes, stateOf } from "./state.js";
import { request, change } from "./session.js";

/** The actions as requests of Kafka Connect's REST API, with the states in which the page offers each. */
const ACTIONS = {
  pause: { method: "PUT", path: "pause", states: ["RUNNING", "FAILED", "UNASSIGNED"] },
  resume: { method: "PUT", path: "resume", states: ["PAUSED", "STOPPED"] },
  restart: { method: "POST", path: "restart?includeTasks=true", states: ["RUNNING", "FAILED"] },
  stop: { method: "PUT", path: "stop", states: ["RUNNING", "PAUSED", "FAILED", "UNASSIGNED"], confirms: true },
};

async function act(route, name, button) {
  const action = ACTIONS[name];
  if (action.confirms && !button.dataset.confirm) {
    confirmOn(button, `really ${name}?`);
    return;
  }
  const done = await once(button, () => change(action.method, `connectors/${encodeURIComponent(route)}/${action.path}`));
  if (done) {
    showResult(`${route}: ${done.problem ?? `${name} requested`}`, Boolean(done.problem));
    confirmOn(button, null);
  }
}

let shownUntil = 0;

/** Shows the result of an action for a while. */
function showResult(text, isBad) {
  const result = byId("routes-status");
  setText(result, text);
  result.dataset.state = isBad ? "failed" : "done";
  shownUntil = Date.now() + 8000;
  setTimeout(() => Date.now() >= shownUntil && setText(result, ""), 8100);
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
      controllable: mayChange && route.id in known.connectors,
      way: `${route.from} → ${route.to.filter((scheme) => scheme !== "").join(", ") || "no endpoint"}`,
      rate: perSecond(metricRate(route, "wadi_consumed_records")),
      inFlight: count(route.metrics.wadi_inflight_records),
      retries: count(route.metrics.wadi_retries),
    }));
  setText(byId("routes-count"), String(list.length));
  draw(byId("routes-rows"), list, (route) =>
    make(
      "tr",
      {},
      cell([opener(route.id), make("small", {}, route.description ?? "")]),
      cell([chip(route.state.toLowerCase(), ROUTE_STATES[route.state] ?? "idle"), make("small", {}, route.trace)]),
      cell(route.way),
      number(route.rate),
      number(route.inFlight),
      number(route.retries),
      cell(route.controllable ? actions(route) : "", { class: "actions" }),
    ),
  );
}

// ---- The definition of a route ----

let opened = null;

function opener(route) {
  const button = make("button", { type: "button", class: "plain", "data-action": "text", "aria-label": `definition of ${route}` }, route);
  button.addEventListener("click", () => open(route));
  return button;
}

async function open(route) {
  opened = route;
  const { body, problem } = await request(`api/routes/${encodeURIComponent(route)}`);
  if (opened === route) {
    setText(byId("route-title"), route);
    setText(byId("route-source"), problem ?? (body.source ? `The running definition, read from ${body.source}.` : "The running definition."));
    setText(byId("route-yaml"), body?.yaml ?? "");
    reveal(byId("route-text"), byId("route-title"));
  }
}

byId("route-close").addEventListener("click", () => {
  opened = null;
  conceal(byId("route-text"));
});
