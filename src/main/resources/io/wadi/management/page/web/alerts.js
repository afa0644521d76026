// Pending and firing alerts, and their latest state changes.

import { count, some, when } from "./format.js";
import { byId, cell, chip, draw, empty, make, number, row, setText } from "./draw.js";
import { known } from "./state.js";
import { request } from "./session.js";

const STATES = { firing: "failed", pending: "trouble", resolved: "done" };

let seenEnd = null;
let loading = false;

/** Loads the alerts when the end offset of their topic has changed, with one request at a time. */
export function drawAlerts() {
  const topic = known.lag?.topics[known.about?.alerts];
  if (topic && topic.end !== seenEnd && !loading) {
    seenEnd = topic.end;
    loading = true;
    load().finally(() => {
      loading = false;
    });
  } else if (known.lag?.time && !topic) {
    draw(byId("alerts-rows"), [empty(5, "No alerts topic: no alert rules are configured.")], (item) => row(item));
  }
}

async function load() {
  const { body, problem } = await request("api/alerts");
  if (problem) {
    setText(byId("alerts-status"), problem);
    seenEnd = null;
    return;
  }
  setText(byId("alerts-count"), body.count ? String(body.count) : "");
  const notes = [
    body.count > body.active.length ? `${body.active.length} of ${count(body.count)} are shown.` : "",
    body.cut ? "Only the newest changes were read." : "",
    body.unreadable > 0 ? `${some(body.unreadable, "record is", "records are")} not a valid alert.` : "",
  ];
  setText(byId("alerts-status"), notes.filter(Boolean).join(" "));
  const active = body.active
    .map((alert) => ({ ...alert, key: alert.id ?? JSON.stringify(alert) }))
    .sort((a, b) => Number(b.state === "firing") - Number(a.state === "firing") || String(b.since).localeCompare(String(a.since)));
  draw(byId("alerts-rows"), active.length ? active : [empty(5, "No pending or firing alerts.")], (item) =>
    row(item, (alert) => [
      cell([alert.rule ?? "–", make("small", {}, alert.annotations?.summary ?? alert.annotations?.description ?? "")]),
      cell(chip(alert.state ?? "unknown", STATES[alert.state] ?? "idle")),
      cell(alert.host ?? "–"),
      number(reading(alert)),
      cell(when(Date.parse(alert.since))),
    ]),
  );
  draw(
    byId("alerts-history"),
    body.changes.map((alert, at) => ({ ...alert, key: `${alert.id} ${alert.at} ${alert.state} ${body.changes.length - at}` })),
    (alert) =>
      make("li", {}, make("time", {}, when(Date.parse(alert.at))), chip(alert.state ?? "unknown", STATES[alert.state] ?? "idle"), make("span", {}, `${alert.rule} on ${alert.host}`), make("span", { class: "why" }, [alert.reason, reading(alert)].filter((part) => part && part !== "–").join(", "))),
  );
  byId("alerts-past").hidden = body.changes.length === 0;
  setText(byId("alerts-past").querySelector("summary"), `The last ${some(body.changes.length, "change", "changes")}`);
}

/** The value and its threshold. */
const reading = (alert) => (alert.value === undefined ? "–" : `${round(alert.value)}${alert.threshold === undefined ? "" : ` / ${round(alert.threshold)}`}`);
const round = (value) => (typeof value === "number" ? Number(value.toPrecision(3)).toString() : JSON.stringify(value));
