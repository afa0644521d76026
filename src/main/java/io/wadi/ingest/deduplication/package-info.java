/** Deduplication of events by their ids: the flow from an inbox to its topic, and ingest's side that awaits its answers. */
package io.wadi.ingest.deduplication;
