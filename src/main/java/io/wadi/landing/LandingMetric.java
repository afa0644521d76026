package io.wadi.landing;

import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.counter;
import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.gauge;

import io.wadi.runtime.telemetry.PartitionMetric;

/** Metrics of a landing partition. */
@SuppressWarnings("ImmutableEnumChecker") // a meaning is a record of texts
enum LandingMetric implements PartitionMetric {
    RECORDS(counter("wadi_landed_records", "Records in published files")),
    BYTES(counter("wadi_landed_bytes", "Bytes of published files")),
    BY_RECORDS(files("records")),
    BY_BYTES(files("bytes")),
    BY_AGE(files("age")),
    BY_TIME_BUCKET(files("time-bucket")),
    BY_EXPIRED(files("expired")),
    BY_HANDOVER(files("handover")),
    OFFSET(gauge("wadi_landed_offset", Fold.NONE, "Offset after the last record in a published file")),
    TAKEN_OVER(counter("wadi_landing_recoveries", "Partition recoveries, including those after a failure")),
    REFUSED(counter(
            "wadi_landing_rejected_records",
            "Records sent to the dead-letter topic because the format cannot represent them"));

    private final Meaning meaning;

    LandingMetric(Meaning meaning) {
        this.meaning = meaning;
    }

    private static Meaning files(String reason) {
        return counter("wadi_landed_files", "Published files by the reason for closing them")
                .with("reason", reason);
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
