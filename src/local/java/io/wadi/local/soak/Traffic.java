package io.wadi.local.soak;

/**
 * The load of one second.
 *
 * @param second seconds since the start of the run
 * @param offered events that were due
 * @param receipts received receipts
 * @param refused 503 responses, and events without a ready ingest process
 * @param failed requests without a response, or with another status
 */
record Traffic(int second, double offered, double receipts, double refused, double failed) {}
