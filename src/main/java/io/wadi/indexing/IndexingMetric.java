package io.wadi.indexing;

import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.counter;
import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.gauge;

import io.wadi.runtime.telemetry.PartitionMetric;

/** Measurements of a partition that is indexed. */
@SuppressWarnings("ImmutableEnumChecker") // a meaning is a record of texts
enum IndexingMetric implements PartitionMetric {
    DOCUMENTS(counter("wadi_indexed_documents", "Documents that are in the index")),
    REFUSED(counter("wadi_indexing_rejected_documents", "Records that could not be documents and are dead letters")),
    BULKS(counter("wadi_indexing_bulks", "Bulk requests sent")),
    BULK_BYTES(counter("wadi_indexing_bulk_bytes", "Bytes of the documents in those requests")),
    FAILURES(counter("wadi_indexing_failures", "Bulk requests that are tried again, wholly or in part")),
    OFFSET(gauge(
            "wadi_indexed_offset", Fold.NONE, "The offset before which all records are documents or dead letters"));

    private final Meaning meaning;

    IndexingMetric(Meaning meaning) {
        this.meaning = meaning;
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
