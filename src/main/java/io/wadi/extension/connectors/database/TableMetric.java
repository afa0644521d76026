package io.wadi.extension.connectors.database;

import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.counter;

import io.wadi.runtime.telemetry.PartitionMetric;

/** The metrics of a partition that is written to a table. */
@SuppressWarnings("ImmutableEnumChecker") // a meaning is a record of texts
enum TableMetric implements PartitionMetric {
    ROWS(counter("wadi_table_rows", "Records that were written to their table or have deleted their row")),
    REFUSED(counter("wadi_table_rejected_rows", "Records that cannot be rows and became dead letters"));

    private final Meaning meaning;

    TableMetric(Meaning meaning) {
        this.meaning = meaning;
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
