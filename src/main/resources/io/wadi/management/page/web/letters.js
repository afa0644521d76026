// The dead letters: in heaps of one cause each, one by one, and put back where they came from.

import { count, some, when } from "./words.js";
import { byId, cell, draw, empty, make, number, once, row, say, sure } from "./draw.js";
import { known } from "./known.js";
import { ask, change } from "./session.js";
import { drawRecord } from "./topics.js";

const LOOK_BY_ITSELF = 20_000;
const form = byId("letters-form").elements;

/** Looks again by itself where the last look failed, after this. */
const AGAIN_AFTER_MS = 10_000;

let heaps = [];
/** How far the topic was at the last look by itself; null before the first, and where it failed. */
let lookedAt = null;
let mayLookAt = 0;
/** The heap whose letters are shown. */
let opened = null;

const end = () => known.lag?.topics[known.about?.deadLetters]?.end;

/** What the form says, and what is said besides. */
function selection(more = {}) {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries({ cause: form.cause.value.trim(), since: form.since.value, ...more })) {
    if (value) {
      asked.set(name, value);
    }
  }
  return asked;
}

/** Looks by itself as soon as there is a page, and where letters have come, if that is little to read. */
export function drawLetters() {
  const now = end();
  say(byId("letters-count"), now === undefined ? "" : count(now));
  if (Date.now() >= mayLookAt && (lookedAt === null || (now ?? 0) !== lookedAt)) {
    lookByItself(now ?? 0);
  }
}

async function lookByItself(now) {
  mayLookAt = Date.now() + AGAIN_AFTER_MS;
  lookedAt = null;
  if (await lookAtHeaps({ most: LOOK_BY_ITSELF })) {
    lookedAt = now;
    mayLookAt = 0;
  }
}

/** Whether there was an answer. */
async function lookAtHeaps(more = {}) {
  const { body, problem } = await ask(`api/dead-letters?${selection(more)}`);
  if (problem) {
    say(byId("letters-said"), problem);
    return false;
  }
  if (body.standing !== undefined) {
    say(byId("letters-said"), `There are ${count(body.standing)}: press “Look”.`);
    return true;
  }
  heaps = body.heaps;
  say(byId("letters-said"), body.letters === 0 ? "" : `${some(body.letters, "letter", "letters")} of ${some(heaps.length, "cause", "causes")}, the newest first.`);
  drawHeaps();
  return true;
}

const of = (heap) => ({ route: heap.route, topic: heap.topic, cause: heap.cause });

function drawHeaps() {
  const mayChange = known.session?.role === "operate";
  const list = heaps.map((heap) => ({ ...heap, key: JSON.stringify(of(heap)), mayChange }));
  draw(byId("letters-rows"), list.length ? list : [empty(5, "None: nothing has failed for good.")], (item) =>
    row(item, (heap) => [
      cell([heap.cause, make("small", {}, `route ${heap.route}, of topic ${heap.topic || "nobody said"}`)]),
      number(count(heap.count)),
      number(when(heap.first)),
      number(when(heap.last)),
      cell([button("letters", `letters of ${heap.cause}`, () => openHeap(heap)), heap.mayChange && heap.topic ? replayer(heap) : ""], { class: "actions" }),
    ]),
  );
}

function button(text, label, act) {
  const made = make("button", { type: "button", "data-action": text, "aria-label": label }, text);
  made.addEventListener("click", () => act(made));
  return made;
}

/** Says first what it would do. */
function replayer(heap) {
  return button("replay", `replay ${heap.cause}`, async (pressed) => {
    const isMeant = Boolean(pressed.dataset.sure);
    const done = await once(pressed, () => change("POST", `api/dead-letters/replay?${selection(of(heap))}${isMeant ? "" : "&dry-run=true"}`));
    if (!done) {
      return;
    }
    const { body, problem } = done;
    if (!isMeant) {
      if (problem || body.replayed === 0) {
        say(byId("letters-replayed"), problem ?? left(body));
      } else {
        say(byId("letters-replayed"), [`${some(body.replayed, "record", "records")} would go back to ${heap.topic}.`, left(body)].join(" "));
        sure(pressed, `really replay ${count(body.replayed)}?`);
      }
      return;
    }
    sure(pressed, null);
    say(byId("letters-replayed"), problem ?? [`${some(body.replayed, "record has", "records have")} gone back to ${heap.topic}; the letters stay.`, left(body)].join(" "));
  });
}

const left = (done) =>
  [
    done.tooOften > 0 ? `${some(done.tooOften, "is", "are")} left out, replayed three times already.` : "",
    done.homeless > 0 ? `${some(done.homeless, "is", "are")} left out: nobody said where they came from.` : "",
    done.refused > 0 ? `${some(done.refused, "is", "are")} left out: the topic does not take ${done.refused === 1 ? "it" : "them"}. The first is ${done.refusal}` : "",
  ].join(" ").trim();

async function openHeap(heap) {
  opened = heap;
  const { body, problem } = await ask(`api/dead-letters/letters?${selection({ ...of(heap), limit: "50" })}`);
  if (opened !== heap) {
    return;
  }
  byId("letter-list").hidden = false;
  say(byId("letter-title"), heap.cause);
  say(byId("letter-said"), problem ?? (heap.count > body.letters.length ? `The newest ${body.letters.length} of ${count(heap.count)}.` : ""));
  draw(byId("letter-rows"), (body?.letters ?? []).map((letter) => ({ ...letter, recordKey: letter.key, key: `letter ${letter.at}` })), (letter) =>
    drawRecord(letter, { title: letter.from, facts: { cause: `${letter.kind}: ${letter.message}`, letter: `${letter.at}, replayed ${letter.attempts} times` } }),
  );
  byId("letter-list").scrollIntoView({ block: "nearest" });
}

byId("letters-form").addEventListener("submit", (event) => {
  event.preventDefault();
  lookAtHeaps();
});
byId("letter-close").addEventListener("click", () => {
  opened = null;
  byId("letter-list").hidden = true;
});
