package io.wadi.landing;

import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.counter;
import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.gauge;

import io.wadi.runtime.telemetry.PartitionMetric;

/** Measurements of a partition that lands. */
@SuppressWarnings("ImmutableEnumChecker") // a meaning is a record of texts
enum LandingMetric implements PartitionMetric {
    RECORDS(counter("wadi_landed_records", "Records in files that have become visible")),
    BYTES(counter("wadi_landed_bytes", "Bytes of files that have become visible")),
    BY_RECORDS(files("records")),
    BY_BYTES(files("bytes")),
    BY_AGE(files("age")),
    BY_TIME_BUCKET(files("time-bucket")),
    BY_EXPIRED(files("expired")),
    BY_HANDOVER(files("handover")),
    OFFSET(gauge("wadi_landed_offset", Fold.NONE, "The offset after the last record in a visible file")),
    TAKEN_OVER(counter("wadi_landing_recoveries", "Times that landing began, or began again after a failure")),
    REFUSED(counter("wadi_landing_rejected_records", "Records that the format cannot hold and are dead letters"));

    private final Meaning meaning;

    LandingMetric(Meaning meaning) {
        this.meaning = meaning;
    }

    private static Meaning files(String reason) {
        return counter("wadi_landed_files", "Files that have become visible, by why they ended")
                .with("reason", reason);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
