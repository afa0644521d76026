// The session: login, logout and requests to the management port.

import { make, setText } from "./draw.js";
import { known } from "./state.js";

const RETRY_MS = 2_000;
const SESSION_TIMEOUT_MS = 15_000;
/** The timeout of a read, of which some wait for Kafka, HDFS or Elasticsearch. Changes have none: an audit takes long. */
const READ_TIMEOUT_MS = 60_000;

let onSession = () => {};

const problem = make("p", { id: "login-problem", role: "alert" });
const form = make(
  "form",
  {},
  make("h2", { id: "login-title" }, "Log in to Wadi"),
  make("label", {}, "Name ", make("input", { name: "user", autocomplete: "username", required: "" })),
  make("label", {}, "Password ", make("input", { name: "password", type: "password", autocomplete: "current-password", required: "" })),
  problem,
  make("button", { type: "submit" }, "Log in"),
);
const login = make("dialog", { id: "login", "aria-labelledby": "login-title" }, form);
const logout = make("button", { type: "button", id: "logout" }, "Log out");
const user = make("span");
const account = make("div", { class: "form", id: "session", hidden: "" }, user, logout);
document.querySelector(".top nav").after(account);
document.body.append(login);

/** Loads the session and calls `next` each time it has been loaded. */
export function begin(next) {
  onSession = next;
  loadSession();
}

/** Loads the session again after a delay, if Wadi did not respond or the session has expired. */
export const reloadLater = () => setTimeout(loadSession, RETRY_MS);

/** Loads the session; opens the login if there is none. */
async function loadSession() {
  const response = await fetch("api/session", { cache: "no-store", signal: AbortSignal.timeout(SESSION_TIMEOUT_MS) }).catch(() => null);
  const session = response?.ok ? await response.json().catch(() => null) : null;
  if (session) {
    known.session = session;
    login.close();
    account.hidden = known.session.csrf === "";
    setText(user, `${known.session.user} (${known.session.role})`);
    onSession();
  } else if (response?.status === 401) {
    known.session = null;
    if (!login.open) {
      login.showModal();
    }
  } else {
    reloadLater();
  }
}

login.addEventListener("cancel", (event) => event.preventDefault());
// Escape closes a dialog without that event if the user has not clicked before.
login.addEventListener("close", () => known.session ?? login.showModal());
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  setText(problem, "");
  const response = await fetch("api/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user: form.elements.user.value, password: form.elements.password.value }),
    signal: AbortSignal.timeout(SESSION_TIMEOUT_MS),
  }).catch(() => null);
  if (response?.ok) {
    form.reset();
    loadSession();
  } else {
    const body = await response?.json().catch(() => null);
    setText(problem, body?.message ?? "Wadi does not respond");
  }
});
logout.addEventListener("click", async () => {
  await change("DELETE", "api/session");
  location.reload();
});

/** Sends a request to the management port; `problem` is the reason of a failure, else null. */
export async function request(path, options = {}) {
  const timeout = options.method ? {} : { signal: AbortSignal.timeout(READ_TIMEOUT_MS) };
  const response = await fetch(path, { cache: "no-store", ...timeout, ...options }).catch(() => null);
  // A change gets 403 after another login in this browser: its session has another token.
  if (response?.status === 401 || (response?.status === 403 && options.method)) {
    loadSession();
  }
  const body = (await response?.json().catch(() => null)) ?? null;
  const isComplete = response?.ok && (options.method || body !== null);
  const reason = body?.message ?? body?.error ?? (response && !response.ok ? `HTTP status ${response.status}` : "Wadi does not respond");
  return { body, problem: isComplete ? null : reason };
}

/** Sends a request that changes something. */
export const change = (method, path, body) =>
  request(path, {
    method,
    headers: { Accept: "application/json", "X-CSRF-Token": known.session?.csrf ?? "", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
