/**
 * Sends many random and invalid requests to a running Wadi, and compares its responses, which are kept in a ledger,
 * with Kafka's content.
 */
package io.wadi.ingest.fuzz;
