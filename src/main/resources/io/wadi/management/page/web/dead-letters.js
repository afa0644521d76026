// Dead letters, grouped by cause, one by one, and their replay to their topics.

import { count, some, when } from "./format.js";
import { byId, cell, conceal, confirmOn, draw, empty, make, number, once, reveal, row, setText } from "./draw.js";
import { known } from "./state.js";
import { request, change } from "./session.js";
import { drawRecord } from "./topics.js";

/** Maximum number of dead letters that the page reads automatically. */
const MAX_AUTOMATIC = 20_000;
const form = byId("dead-letters-form").elements;

/** Delay before the next automatic read after a failed one. */
const RETRY_AFTER_MS = 10_000;

let groups = [];
/** The topic's end offset at the last automatic read; null before the first one, and after a failed one. */
let loadedEnd = null;
let nextLoadAt = 0;
/** The number of requests for the groups; only the response to the last one is shown. */
let requests = 0;
/** The number of the user's requests for the groups without a response. */
let pending = 0;
/** The group of dead letters that is shown. */
let opened = null;

const end = () => known.lag?.topics[known.about?.deadLetters]?.end;

/** Returns the query parameters of the form, and further ones. */
function selection(more = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ cause: form.cause.value.trim(), since: form.since.value, ...more })) {
    if (value) {
      query.set(name, value);
    }
  }
  return query;
}

/** Reads the dead letters when the page opens and when the topic grows, unless the topic is large. */
export function drawDeadLetters() {
  const now = end();
  setText(byId("dead-letters-count"), now === undefined ? "" : count(now));
  // An automatic request would supersede one of the user, and returns only the number of many dead letters.
  if (pending === 0 && Date.now() >= nextLoadAt && (loadedEnd === null || (now ?? 0) !== loadedEnd)) {
    loadAutomatically(now ?? 0);
  }
}

async function loadAutomatically(now) {
  nextLoadAt = Infinity;
  let isLoaded = false;
  try {
    isLoaded = await loadGroups({ max: MAX_AUTOMATIC });
  } finally {
    loadedEnd = isLoaded ? now : null;
    nextLoadAt = isLoaded ? 0 : Date.now() + RETRY_AFTER_MS;
  }
}

/** Loads the groups; returns whether the server responded. */
async function loadGroups(more = {}) {
  requests++;
  const last = requests;
  const { body, problem } = await request(`api/dead-letters?${selection(more)}`);
  if (last !== requests) {
    return !problem;
  }
  if (problem) {
    setText(byId("dead-letters-status"), problem);
    return false;
  }
  if (body.groups === undefined) {
    setText(byId("dead-letters-status"), `${count(body.deadLetters)} dead letters: press “Show” to read them.`);
    return true;
  }
  groups = body.groups;
  setText(byId("dead-letters-status"), body.deadLetters === 0 ? "" : `${some(body.deadLetters, "dead letter", "dead letters")} of ${some(groups.length, "cause", "causes")}, newest first.`);
  drawGroups();
  return true;
}

// The cause in the form may have changed since the groups were read.
const of = (group) => ({ route: group.route, topic: group.topic, group: group.cause, cause: "" });

function drawGroups() {
  const mayChange = known.session?.role === "operate";
  const list = groups.map((group) => ({ ...group, key: JSON.stringify(of(group)), mayChange }));
  draw(byId("dead-letters-rows"), list.length ? list : [empty(5, "No dead letters.")], (item) =>
    row(item, (group) => [
      cell([group.cause, make("small", {}, `route ${group.route}, topic ${group.topic || "unknown"}`)]),
      number(count(group.count)),
      number(when(group.first)),
      number(when(group.last)),
      cell([button("show", `show ${group.cause}`, () => openGroup(group)), group.mayChange && group.topic ? replayer(group) : ""], { class: "actions" }),
    ]),
  );
}

function button(text, label, act) {
  const made = make("button", { type: "button", "data-action": text, "aria-label": label }, text);
  made.addEventListener("click", () => act(made));
  return made;
}

/** Shows the effect of the replay at the first click, and replays at the second one. */
function replayer(group) {
  return button("replay", `replay ${group.cause}`, async (pressed) => {
    const isConfirmed = Boolean(pressed.dataset.confirm);
    const done = await once(pressed, () => change("POST", `api/dead-letters/replay?${selection(of(group))}${isConfirmed ? "" : "&dry-run=true"}`));
    if (!done) {
      return;
    }
    const { body, problem } = done;
    if (!isConfirmed) {
      if (problem || body.replayed === 0) {
        setText(byId("dead-letters-replayed"), problem ?? left(body));
      } else {
        setText(byId("dead-letters-replayed"), [`${some(body.replayed, "record", "records")} would be replayed to ${group.topic}.`, left(body)].join(" "));
        confirmOn(pressed, `really replay ${count(body.replayed)}?`);
      }
      return;
    }
    confirmOn(pressed, null);
    setText(byId("dead-letters-replayed"), problem ?? [`${some(body.replayed, "record", "records")} replayed to ${group.topic}; the dead letters remain.`, left(body)].join(" "));
  });
}

const left = (done) =>
  [
    done.maxAttemptsReached > 0 ? `${count(done.maxAttemptsReached)} skipped: replayed three times already.` : "",
    done.withoutSourceTopic > 0 ? `${count(done.withoutSourceTopic)} skipped: their topic is unknown.` : "",
    done.rejected > 0 ? `${count(done.rejected)} skipped: the topic rejects ${done.rejected === 1 ? "it" : "them"}. The first one: ${done.rejection}` : "",
  ].join(" ").trim();

async function openGroup(group) {
  opened = group;
  const { body, problem } = await request(`api/dead-letters/records?${selection({ ...of(group), limit: "50" })}`);
  if (opened !== group) {
    return;
  }
  setText(byId("dead-letter-title"), group.cause);
  setText(byId("dead-letter-status"), problem ?? (group.count > body.records.length ? `The newest ${body.records.length} of ${count(group.count)}.` : ""));
  draw(byId("dead-letter-rows"), (body?.records ?? []).map((each) => ({ ...each, recordKey: each.key, key: `dead letter ${each.at}` })), (deadLetter) =>
    drawRecord(deadLetter, {
      title: deadLetter.from,
      facts: { cause: `${deadLetter.kind}: ${deadLetter.message}`, "dead letter": `${deadLetter.at}, replayed ${some(deadLetter.attempts, "time", "times")}` },
    }),
  );
  reveal(byId("dead-letter-group"), byId("dead-letter-title"));
}

byId("dead-letters-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  pending++;
  try {
    await loadGroups();
  } finally {
    pending--;
  }
});
byId("dead-letter-close").addEventListener("click", () => {
  opened = null;
  conceal(byId("dead-letter-group"));
});
