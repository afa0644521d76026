// The tables of streams files: the current value of each key, or all windows of one key.

import { exactly, some, when } from "./format.js";
import { MAX_ROWS, byId, cell, draw, empty, make, number, row, setText } from "./draw.js";
import { routes, works } from "./state.js";
import { request } from "./session.js";

const AGAIN_AFTER_MS = 5_000;
/** Maximum number of columns: values with more fields are shown as JSON. */
const MAX_FIELDS = 50;

const form = byId("tables-form").elements;
let nextLoadAt = 0;
let loading = false;

/** Reloads every few seconds while the page is visible. */
export function drawTables() {
  const runs = routes().some((route) => route.from === "streams" && works(route));
  if (runs && !document.hidden && !loading && Date.now() >= nextLoadAt) {
    load();
  }
}

async function load() {
  loading = true;
  try {
    if ((await list()) && form.table.value) {
      await show(form.table.value, form.key.value);
    }
  } finally {
    loading = false;
    nextLoadAt = Date.now() + AGAIN_AFTER_MS;
  }
}

/** Loads the names of the tables; returns whether the server responded. Otherwise the tables and values stay. */
async function list() {
  const { body, problem } = await request("tables");
  if (problem) {
    byId("tables").hidden = false;
    setText(byId("tables-status"), problem);
    return false;
  }
  const names = body.map((table) => table.name);
  if (names.join() !== [...form.table.options].map((each) => each.value).join()) {
    const chosen = form.table.value;
    form.table.replaceChildren(...names.map((name) => make("option", { value: name }, name)));
    form.table.value = names.includes(chosen) ? chosen : names[0] ?? "";
  }
  byId("tables").hidden = names.length === 0;
  byId("to-tables").hidden = names.length === 0;
  setText(byId("tables-count"), String(names.length));
  return true;
}

async function show(table, key) {
  const path = `tables/${encodeURIComponent(table)}`;
  const { body, problem } = await request(key === "" ? `${path}?rows=${MAX_ROWS}` : `${path}/${encodeURIComponent(key)}`);
  if (table !== form.table.value || key !== form.key.value) {
    return;
  }
  const rows = problem ? [] : key === "" ? body.rows : (body.windows ?? [body]).map((each) => ({ ...each, key }));
  setText(byId("tables-status"), problem ?? (key === "" ? summary(body) : `${some(rows.length, "value", "values")}${body.more ? " of more" : ""} under ${key}.`));
  drawRows(rows, problem, key === "");
}

function summary(table) {
  const parts = table.partitions.length ? `, in ${some(table.partitions.length, "partition", "partitions")} of this process` : "";
  const windows = !table.rows.some((each) => each.start) ? "" : table.kind.includes("session") ? "; the last session of each" : "; the window that is still open";
  const cuts = table.rows.some((each) => each.cut) ? "; long keys and values are cut" : "";
  return `${table.kind} of ${table.file}: ${some(table.rows.length, "key", "keys")}${table.more ? " of more" : ""}${parts}${windows}${cuts}.`;
}

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const shown = (value) => (typeof value === "number" ? number(exactly(value)) : cell(typeof value === "string" ? value : JSON.stringify(value) ?? "–"));
const weight = (value) => (typeof value === "number" ? value : isObject(value) ? Object.values(value).find((each) => typeof each === "number") ?? 0 : 0);

/** Draws one column per field if all values are objects with few fields. */
function drawRows(found, problem, isByKey) {
  const list = isByKey ? [...found].sort((a, b) => weight(b.value) - weight(a.value)) : found;
  const names = list.every((each) => isObject(each.value)) ? [...new Set(list.flatMap((each) => Object.keys(each.value)))] : [];
  const fields = names.length > 0 && names.length <= MAX_FIELDS ? names : null;
  const windowed = list.some((each) => each.start);
  const isNumber = (field) => list.every((each) => typeof (field === null ? each.value : each.value[field]) === "number");
  const columns = ["Key", ...(windowed ? ["From", "To"] : []), ...(fields ?? ["Value"])];
  const numeric = (at) => list.length > 0 && at > (windowed ? 2 : 0) && isNumber(fields ? fields[at - (windowed ? 3 : 1)] : null);
  draw(byId("tables-head"), [{ key: "head", columns, numeric: columns.map((_, at) => numeric(at)) }], (item) =>
    make("tr", {}, ...item.columns.map((name, at) => make("th", { scope: "col", ...(item.numeric[at] ? { class: "n" } : {}) }, name))),
  );
  const items = list.map((each) => ({ ...each, tableKey: each.key, key: `${each.key} ${each.start ?? ""}`, columns }));
  draw(byId("tables-rows"), items.length ? items : [empty(columns.length, problem ? "–" : "No values yet.")], (item) =>
    row(item, (each) => [
      cell(each.tableKey),
      ...(windowed ? [cell(when(Date.parse(each.start))), cell(when(Date.parse(each.end)))] : []),
      ...(fields ? fields.map((field) => shown(each.value[field])) : [shown(each.value)]),
    ]),
  );
}

form.table.addEventListener("change", load);
byId("tables-form").addEventListener("submit", (event) => {
  event.preventDefault();
  load();
});
