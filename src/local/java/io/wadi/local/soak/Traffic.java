package io.wadi.local.soak;

/**
 * A second of the load.
 *
 * @param second since the begin of the run
 * @param offered events that were due in it
 * @param receipts receipts that came in it
 * @param refused answers that told the sender to come again, and events that no ingest was there for
 * @param failed requests without an answer, or with one that is neither
 */
record Traffic(int second, double offered, double receipts, double refused, double failed) {}
