/**
 * Deduplication of events by their ids: the flow from an inbox to its topic, and the sender that waits for its answers.
 */
package io.wadi.ingest.deduplication;
