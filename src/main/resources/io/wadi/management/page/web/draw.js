// Drawing: an element is updated only if its content has changed. Text is never inserted as markup.

import { count } from "./format.js";

/** Maximum number of rows in a table. */
export const MAX_ROWS = 500;

/** Returns the note to the number of a table's rows that only the first of them are shown. */
export const cutNote = (rows) => (rows > MAX_ROWS ? `, ${MAX_ROWS} shown` : "");

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** Creates an element with attributes and children; strings become text nodes. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** Creates an SVG element with attributes and children. */
export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

export const mark = (state) => svg("svg", { class: "mark", "aria-hidden": "true" }, svg("use", { href: `#mark-${state}` }));

export const chip = (text, state) => make("span", { class: "chip", "data-state": state }, text);

const actions = (element) => [...element.querySelectorAll("[data-action]")];

/**
 * Updates the children to match the items, in their order; the child of an unchanged item stays, as does one with a
 * button that waits for a confirmation. If a child is replaced, its keyboard focus moves to the corresponding action of
 * the new child, such as from pause to resume.
 */
export function draw(parent, items, build) {
  const before = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, at) => {
    const content = JSON.stringify(item);
    let child = before.get(item.key);
    if (child?.content !== content && !child?.querySelector("[data-confirm]")) {
      const made = build(item);
      made.dataset.key = item.key;
      made.content = content;
      const focused = child?.contains(document.activeElement) ? actions(child).indexOf(document.activeElement) : -1;
      child?.replaceWith(made);
      if (focused >= 0) {
        (actions(made)[focused] ?? actions(made).at(-1))?.focus();
      }
      child = made;
    }
    before.delete(item.key);
    if (parent.children[at] !== child) {
      parent.insertBefore(child, parent.children[at] ?? null);
    }
  });
  // These are not only the children in "before": items may have the same key.
  [...parent.children].slice(items.length).forEach((child) => child.remove());
}

export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Announces a text to screen readers. */
export const announce = (text) => setText(byId("announce"), text);

/** Shows the part of the page that a control opens, and moves the focus to its heading. */
export function reveal(part, heading) {
  part.opener = document.activeElement;
  part.hidden = false;
  part.scrollIntoView({ block: part.matches("section") ? "start" : "nearest" });
  heading.focus({ preventScroll: true });
}

/** Hides the part again; the focus returns to the control that opened it, or to its replacement. */
export function conceal(part) {
  const within = part.contains(document.activeElement);
  part.hidden = true;
  const { opener } = part;
  if (within && opener) {
    const label = CSS.escape(opener.getAttribute("aria-label") ?? "");
    (opener.isConnected ? opener : document.querySelector(`[aria-label="${label}"]`))?.focus();
  }
}

export function setState(element, state) {
  if (element.dataset.state !== state) {
    element.dataset.state = state;
    element.querySelector(".mark use")?.setAttribute("href", `#mark-${state}`);
  }
}

export function sparkline(values) {
  const known = values.filter((value) => value !== null);
  const most = Math.max(1, ...known);
  const label = known.length ? `from ${count(known[0])} to ${count(known.at(-1))}, at most ${count(Math.max(...known))}` : "no data yet";
  const step = 100 / Math.max(1, values.length - 1);
  let line = "";
  let down = false;
  values.forEach((value, i) => {
    if (value === null) {
      down = false;
      return;
    }
    line += `${down ? "L" : "M"}${(i * step).toFixed(1)} ${(19 - (18 * value) / most).toFixed(1)}`;
    down = true;
  });
  return svg("svg", { class: "spark", viewBox: "0 0 100 20", preserveAspectRatio: "none", role: "img", "aria-label": label }, svg("path", { d: line }));
}

const CONFIRM_FOR_MS = 10_000;

/** Shows a confirmation question on a button for a while; null restores the button's text. */
export function confirmOn(button, question) {
  button.dataset.text ??= button.textContent;
  if (question === null) {
    delete button.dataset.confirm;
    setText(button, button.dataset.text);
  } else {
    button.dataset.confirm = "pending";
    setText(button, question);
    announce(`${question} Press the button again.`);
    setTimeout(() => button.dataset.confirm && confirmOn(button, null), CONFIRM_FOR_MS);
  }
}

/**
 * Runs the action of a button and returns its result, or null if it is already running. Sets aria-disabled, because a
 * disabled button loses the focus.
 */
export async function once(button, work) {
  if (button.ariaDisabled === "true") {
    return null;
  }
  button.ariaDisabled = "true";
  try {
    return await work();
  } finally {
    button.ariaDisabled = null;
  }
}

// ---- Tables ----

export const cell = (content, attributes = {}) => make("td", attributes, ...[content].flat());
export const number = (text) => cell(text, { class: "n" });

export function empty(columns, text) {
  return { key: "empty", columns, text };
}

export function row(item, cells) {
  return item.key === "empty"
    ? make("tr", { class: "empty" }, cell(item.text, { colspan: item.columns }))
    : make("tr", {}, ...cells(item));
}
