package io.wadi.ingest.deduplication;

import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.counter;
import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.gauge;

import io.wadi.runtime.telemetry.PartitionMetric;

/** Metrics of a partition of an inbox. */
@SuppressWarnings("ImmutableEnumChecker") // a meaning is a record of texts
enum DeduplicationMetric implements PartitionMetric {
    FIRST(events().with("outcome", "first")),
    RETRY(events().with("outcome", "retry")),
    CONFLICT(events().with("outcome", "conflict")),
    FULL(events().with("outcome", "full")),
    REJECTED(events().with("outcome", "rejected")),
    DIRECT(counter("wadi_deduplication_direct_events", "Events that bypassed the inbox")),
    IDS(gauge("wadi_deduplication_partition_ids", Fold.SUM, "Ids within the window"));

    private final Meaning meaning;

    DeduplicationMetric(Meaning meaning) {
        this.meaning = meaning;
    }

    private static Meaning events() {
        return counter("wadi_deduplicated_events", "Events of deduplicated topics, by outcome");
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
