// Who looks at this.

import { byId, say } from "./draw.js";
import { known } from "./known.js";

const RETRY_MS = 2_000;

let goOn = () => {};

/** Learns who looks at this, and goes on each time that it is known. */
export function begin(next) {
  goOn = next;
  askWho();
}

/** Asks again in a while: Wadi is away, or has forgotten who this is. */
export const askLater = () => setTimeout(askWho, RETRY_MS);

/** Learns who has logged in; asks where nobody has. */
async function askWho() {
  const response = await fetch("api/session", { cache: "no-store" }).catch(() => null);
  if (response?.ok) {
    known.session = await response.json();
    byId("login").close();
    byId("who").hidden = known.session.csrf === "";
    say(byId("who").querySelector("span"), `${known.session.user} (${known.session.role})`);
    goOn();
  } else if (response?.status === 401) {
    known.session = null;
    if (!byId("login").open) {
      byId("login").showModal();
    }
  } else {
    askLater();
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
    askWho();
  } else {
    const body = await response?.json().catch(() => null);
    say(byId("login-problem"), body?.message ?? "Wadi does not answer");
  }
});
byId("logout").addEventListener("click", async () => {
  await change("DELETE", "api/session");
  location.reload();
});

/** Asks the management port; `problem` says why there is no answer. */
export async function ask(path, options = {}) {
  const response = await fetch(path, { cache: "no-store", ...options }).catch(() => null);
  if (response?.status === 401) {
    askWho();
  }
  const body = await response?.json().catch(() => null);
  const problem = response?.ok ? null : body?.message ?? body?.error ?? (response ? `answer ${response.status}` : "Wadi does not answer");
  return { body, problem };
}

/** Has the management port do something. */
export const change = (method, path, body) =>
  ask(path, {
    method,
    headers: { Accept: "application/json", "X-CSRF-Token": known.session?.csrf ?? "", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
