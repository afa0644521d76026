// The session: login, logout and requests to the management port.

import { byId, say } from "./draw.js";
import { known } from "./state.js";

const RETRY_MS = 2_000;

let onSession = () => {};

/** Loads the session and calls `next` each time it has been loaded. */
export function begin(next) {
  onSession = next;
  loadSession();
}

/** Loads the session again after a delay: Wadi did not answer, or the session has expired. */
export const reloadLater = () => setTimeout(loadSession, RETRY_MS);

/** Loads the session; opens the login if there is none. */
async function loadSession() {
  const response = await fetch("api/session", { cache: "no-store" }).catch(() => null);
  if (response?.ok) {
    known.session = await response.json();
    byId("login").close();
    byId("who").hidden = known.session.csrf === "";
    say(byId("who").querySelector("span"), `${known.session.user} (${known.session.role})`);
    onSession();
  } else if (response?.status === 401) {
    known.session = null;
    if (!byId("login").open) {
      byId("login").showModal();
    }
  } else {
    reloadLater();
  }
}

byId("login").addEventListener("cancel", (event) => event.preventDefault());
byId("login-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  say(byId("login-problem"), "");
  const response = await fetch("api/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: form.elements.user.value, password: form.elements.password.value }),
  }).catch(() => null);
  if (response?.ok) {
    form.reset();
    loadSession();
  } else {
    const body = await response?.json().catch(() => null);
    say(byId("login-problem"), body?.message ?? "Wadi does not answer");
  }
});
byId("logout").addEventListener("click", async () => {
  await change("DELETE", "api/session");
  location.reload();
});

/** Sends a request to the management port; `problem` is the reason of a failure, else null. */
export async function ask(path, options = {}) {
  const response = await fetch(path, { cache: "no-store", ...options }).catch(() => null);
  if (response?.status === 401) {
    loadSession();
  }
  const body = await response?.json().catch(() => null);
  const problem = response?.ok ? null : body?.message ?? body?.error ?? (response ? `HTTP status ${response.status}` : "Wadi does not answer");
  return { body, problem };
}

/** Sends a request that changes something. */
export const change = (method, path, body) =>
  ask(path, {
    method,
    headers: { Accept: "application/json", "X-CSRF-Token": known.session?.csrf ?? "", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
