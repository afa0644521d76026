// Sends a page's events to Wadi: in batches while the page stands, the rest when it is left.
//
//   <script src="https://events.example/wadi.js" data-topic="clicks"></script>
//   <script>wadi.send({ page: location.pathname });</script>
//
// data-topic   where wadi.send sends to; wadi.to("orders").send(event) is for another topic
// data-key     an API key, where the topic wants one; whoever sees the page can read it
// data-every   send at the latest after this many milliseconds (5000)
//
// An event is kept until Wadi has answered for it, and is sent again where Kafka had no room or no answer came. It carries an
// id, its own or a new one, by which one that has arrived twice can be told. What is lost: the oldest of more than 1000 events
// that wait; and when the page is left, what the browser does not take any more or Wadi cannot take at that moment.
(() => {
  "use strict";

  const BATCH_EVENTS = 50;
  // Requests that outlive their page have 64 KiB together: enough for a batch on its way and one on leaving.
  const BATCH_BYTES = 30 * 1024;
  const KEEPALIVE_BYTES = 60 * 1024;
  const KEPT_EVENTS = 1000;
  const FIRST_WAIT_MS = 1_000;
  const LONGEST_WAIT_MS = 60_000;
  const TRY_AGAIN = [408, 429, 502, 503, 504];

  const script = document.currentScript;
  const everyMs = Number(script.dataset.every) || 5_000;
  const encoder = new TextEncoder();

  class Sender {
    #url;
    #waiting = [];
    #timer = null;
    #sending = false;
    #failures = 0;

    constructor(topic) {
      this.#url = new URL(`events/${encodeURIComponent(topic)}`, script.src);
      if (script.dataset.key) {
        this.#url.searchParams.set("key", script.dataset.key);
      }
    }

    /** Takes an event, an object; it is sent as it is now. */
    send(event) {
      const line = JSON.stringify({ id: newId(), ...event }) + "\n";
      this.#waiting.push({ line, bytes: encoder.encode(line).length });
      this.#dropOldest();
      if (this.#isFull() && this.#failures === 0) {
        this.#sendBatch();
      } else {
        this.#sendAfter(everyMs);
      }
    }

    /** Hands what waits over to the browser, which sends it even when the page is gone. */
    leave() {
      while (this.#waiting.length > 0) {
        const batch = this.#batch();
        if (!navigator.sendBeacon(this.#url, textOf(batch))) {
          return;
        }
        this.#waiting.splice(0, batch.length);
      }
    }

    #dropOldest() {
      const lost = this.#waiting.length - KEPT_EVENTS;
      if (lost > 0) {
        this.#waiting.splice(0, lost);
        console.warn(`Wadi: lost ${lost} of more than ${KEPT_EVENTS} events that wait`);
      }
    }

    #isFull() {
      return this.#waiting.length >= BATCH_EVENTS || bytesOf(this.#waiting) >= BATCH_BYTES;
    }

    /** The first of the events that wait: as many as fit, and one at least. */
    #batch() {
      let bytes = 0;
      const end = this.#waiting.findIndex((event, i) => {
        bytes += event.bytes;
        return i > 0 && (i >= BATCH_EVENTS || bytes > BATCH_BYTES);
      });
      return this.#waiting.slice(0, end < 0 ? undefined : end);
    }

    #sendAfter(ms) {
      if (!this.#sending && this.#timer === null && this.#waiting.length > 0) {
        this.#timer = setTimeout(() => this.#sendBatch(), ms);
      }
    }

    /** Sends one batch after the other, one at a time, so that events stay in their order. */
    async #sendBatch() {
      if (this.#sending) {
        return;
      }
      clearTimeout(this.#timer);
      this.#timer = null;
      const batch = this.#batch();
      if (batch.length === 0) {
        return;
      }
      this.#waiting.splice(0, batch.length);
      this.#sending = true;
      const { again, waitMs } = await this.#post(batch);
      this.#sending = false;
      this.#waiting.unshift(...again);
      this.#dropOldest();
      this.#failures = again.length > 0 ? this.#failures + 1 : 0;
      if (this.#failures > 0) {
        this.#sendAfter(waitMs ?? backoffMs(this.#failures));
      } else {
        this.#sendAfter(this.#isFull() ? 0 : everyMs);
      }
    }

    /** What of a batch is to be sent again, and after how long where Wadi has said it. */
    async #post(batch) {
      try {
        const response = await fetch(this.#url, {
          method: "POST",
          body: textOf(batch), // text/plain, which is sent across origins without asking first
          keepalive: bytesOf(batch) <= KEEPALIVE_BYTES,
          credentials: "omit",
        });
        const answer = await response.json().catch(() => null);
        if (TRY_AGAIN.includes(response.status)) {
          const seconds = Number(response.headers.get("Retry-After"));
          return { again: withoutReceipt(batch, answer), waitMs: seconds > 0 ? seconds * 1000 : null };
        }
        if (!response.ok) {
          console.warn(`Wadi answers ${response.status}:`, answer);
        }
        return { again: [] };
      } catch {
        return { again: batch };
      }
    }
  }

  /** 128 random bits; crypto.randomUUID is there on https only. */
  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function textOf(batch) {
    return batch.map((event) => event.line).join("");
  }

  function bytesOf(batch) {
    return batch.reduce((sum, event) => sum + event.bytes, 0);
  }

  function withoutReceipt(batch, answer) {
    const receipts = answer?.receipts;
    return Array.isArray(receipts) && receipts.length === batch.length
      ? batch.filter((_, i) => receipts[i].offset === undefined)
      : batch;
  }

  /** Longer from failure to failure, and not the same for all pages. */
  function backoffMs(failures) {
    return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
  }

  const senders = new Map();

  function to(topic) {
    if (!topic) {
      throw new Error("Wadi: no topic; say it in data-topic of the script or by wadi.to(topic)");
    }
    if (!senders.has(topic)) {
      senders.set(topic, new Sender(topic));
    }
    return senders.get(topic);
  }

  const leave = () => senders.forEach((sender) => sender.leave());

  // Hidden is the last that a page on a telephone is sure to see. Not "unload": it keeps pages from being restored at once.
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
  addEventListener("pagehide", leave);

  window.wadi = { to, send: (event) => to(script.dataset.topic).send(event) };
})();
