package io.wadi.indexing;

import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.counter;
import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.gauge;

import io.wadi.runtime.telemetry.PartitionMetric;

/** Metrics of an indexing partition. */
@SuppressWarnings("ImmutableEnumChecker") // a meaning is a record of texts
enum IndexingMetric implements PartitionMetric {
    DOCUMENTS(counter("wadi_indexed_documents", "Documents indexed")),
    REFUSED(counter(
            "wadi_indexing_rejected_documents",
            "Records sent to the dead-letter topic because they cannot be indexed")),
    BULKS(counter("wadi_indexing_bulks", "Bulk requests sent")),
    BULK_BYTES(counter("wadi_indexing_bulk_bytes", "Bytes of documents in bulk requests")),
    FAILURES(counter("wadi_indexing_failures", "Bulk requests retried, completely or in part")),
    OFFSET(gauge("wadi_indexed_offset", Fold.NONE, "Offset before which all records are documents or dead letters"));

    private final Meaning meaning;

    IndexingMetric(Meaning meaning) {
        this.meaning = meaning;
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
