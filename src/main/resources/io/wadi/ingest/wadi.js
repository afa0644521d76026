// Sends a page's events to Wadi: in batches while the page is open, the rest when it is left.
//
//   <script src="https://events.example/wadi.js" data-topic="clicks"></script>
//   <script>wadi.send({ page: location.pathname });</script>
//
// data-topic   topic of wadi.send; wadi.to("orders").send(event) sends to another topic
// data-key     API key, if the topic requires one; every visitor of the page can read it
// data-every   maximum delay of a batch in milliseconds (5000)
//
// An event is queued until Wadi has acknowledged or rejected it; after a timeout or overload it is sent again. Its id,
// which is generated if it has none, identifies duplicates. If more than 1000 events are queued, the oldest are lost.
// Events are also lost if, when the page is left, the browser does not accept them or Wadi is unable to accept them.
(() => {
  "use strict";

  const BATCH_EVENTS = 50;
  // The requests that outlive a page share 64 KiB, enough for a batch in flight and one when the page is left.
  const BATCH_BYTES = 30 * 1024;
  const KEEPALIVE_BYTES = 60 * 1024;
  const MAX_QUEUED = 1000;
  const MIN_BACKOFF_MS = 1_000;
  const MAX_BACKOFF_MS = 60_000;
  const TIMEOUT_MS = 60_000;
  const RETRYABLE = [408, 429, 502, 503, 504];

  const script = document.currentScript;
  const everyMs = Number(script.dataset.every) || 5_000;
  const encoder = new TextEncoder();

  class Sender {
    #url;
    #queue = [];
    #timer = null;
    #sending = false;
    #failures = 0;

    constructor(topic) {
      this.#url = new URL(`events/${encodeURIComponent(topic)}`, script.src);
      if (script.dataset.key) {
        this.#url.searchParams.set("key", script.dataset.key);
      }
    }

    /** Queues an event, an object, with its current content. */
    send(event) {
      const { id, ...others } = event ?? {};
      const line = JSON.stringify({ id: id ?? newId(), ...others }) + "\n";
      this.#queue.push({ line, bytes: encoder.encode(line).length });
      this.#dropOldest();
      if (this.#isFull() && this.#failures === 0) {
        this.#sendBatch();
      } else {
        this.#sendAfter(everyMs);
      }
    }

    /** Hands the queue to the browser, which sends it even after the page is closed. */
    leave() {
      while (this.#queue.length > 0) {
        const batch = this.#batch();
        if (!navigator.sendBeacon(this.#url, textOf(batch))) {
          return;
        }
        this.#queue.splice(0, batch.length);
      }
    }

    #dropOldest() {
      const lost = this.#queue.length - MAX_QUEUED;
      if (lost > 0) {
        this.#queue.splice(0, lost);
        console.warn(`Wadi: dropped the oldest ${lost} of more than ${MAX_QUEUED} queued events`);
      }
    }

    #isFull() {
      return this.#queue.length >= BATCH_EVENTS || bytesOf(this.#queue) >= BATCH_BYTES;
    }

    /** Returns the first queued events: as many as fit, at least one. */
    #batch() {
      let bytes = 0;
      const end = this.#queue.findIndex((event, i) => {
        bytes += event.bytes;
        return i > 0 && (i >= BATCH_EVENTS || bytes > BATCH_BYTES);
      });
      return this.#queue.slice(0, end < 0 ? undefined : end);
    }

    #sendAfter(ms) {
      if (!this.#sending && this.#timer === null && this.#queue.length > 0) {
        this.#timer = setTimeout(() => this.#sendBatch(), ms);
      }
    }

    /** Sends one batch at a time, so that events stay in order. */
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
      this.#queue.splice(0, batch.length);
      this.#sending = true;
      const { again, waitMs } = await this.#post(batch);
      this.#sending = false;
      this.#queue.unshift(...again);
      this.#dropOldest();
      this.#failures = again.length > 0 ? this.#failures + 1 : 0;
      if (this.#failures > 0) {
        this.#sendAfter(waitMs ?? backoffMs(this.#failures));
      } else {
        this.#sendAfter(this.#isFull() ? 0 : everyMs);
      }
    }

    /** Returns the events of a batch to retry, and the delay if the response has one. */
    async #post(batch) {
      // AbortSignal.timeout() would require newer browsers.
      const timeout = new AbortController();
      const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
      try {
        const response = await fetch(this.#url, {
          method: "POST",
          body: textOf(batch), // text/plain needs no preflight request across origins
          keepalive: bytesOf(batch) <= KEEPALIVE_BYTES,
          credentials: "omit",
          signal: timeout.signal,
        });
        const body = await response.json().catch(() => null);
        if (RETRYABLE.includes(response.status)) {
          const seconds = Number(response.headers.get("Retry-After"));
          return { again: withoutReceipt(batch, body), waitMs: seconds > 0 ? seconds * 1000 : null };
        }
        if (!response.ok) {
          console.warn(`Wadi rejected events with status ${response.status}:`, body);
        }
        return { again: [] };
      } catch {
        return { again: batch };
      } finally {
        clearTimeout(timer);
      }
    }
  }

  /** 128 random bits; crypto.randomUUID requires https. */
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

  function withoutReceipt(batch, body) {
    const receipts = body?.receipts;
    return Array.isArray(receipts) && receipts.length === batch.length
      ? batch.filter((_, i) => receipts[i].offset === undefined)
      : batch;
  }

  /** Exponential backoff with jitter. */
  function backoffMs(failures) {
    return Math.min(MAX_BACKOFF_MS, MIN_BACKOFF_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
  }

  const senders = new Map();

  function to(topic) {
    if (!topic) {
      throw new Error("Wadi: no topic: expected data-topic on the script, or wadi.to(topic)");
    }
    if (!senders.has(topic)) {
      senders.set(topic, new Sender(topic));
    }
    return senders.get(topic);
  }

  const leave = () => senders.forEach((sender) => sender.leave());

  // On mobile devices "hidden" is the last reliable event. A listener of "unload" would disable the back/forward cache.
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());
  addEventListener("pagehide", leave);

  window.wadi = { to, send: (event) => to(script.dataset.topic).send(event) };
})();
