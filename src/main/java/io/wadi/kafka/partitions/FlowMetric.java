package io.wadi.kafka.partitions;

import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.age;
import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.counter;
import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.gauge;

import io.wadi.runtime.telemetry.PartitionMetric;

/** Metrics of every partition that a route's consumer reads. */
@SuppressWarnings("ImmutableEnumChecker") // a meaning is a record of texts
enum FlowMetric implements PartitionMetric {
    RECORDS(counter("wadi_consumed_records", "Records handed over to the route, those handed over again too")),
    BYTES(counter("wadi_consumed_bytes", "Bytes of the keys and values of those records")),
    BATCHES(counter("wadi_consumed_batches", "Polls that brought records of the partition")),
    COMMITS(counter("wadi_commits", "Commits of the group's offset")),
    COMMITTED(gauge("wadi_committed_offset", Fold.NONE, "The offset committed last by this process")),
    LAG(gauge("wadi_lag_records", Fold.SUM, "Offsets in Kafka that are not done: not landed, indexed or routed")),
    LAG_TIME(
            age(
                    "wadi_lag_seconds",
                    "Age of the oldest record that is not done, by its timestamp, or since when it waits in Kafka; 0 without lag")),
    IN_FLIGHT(gauge("wadi_inflight_records", Fold.SUM, "Offsets handed over to the route that are not done")),
    RETRIES(counter("wadi_retries", "Failures after which records are handed over again")),
    FAILING(gauge(
            "wadi_partition_failing",
            Fold.MOST,
            "Failed tries in a row of a partition that is read here; 0 where all goes well"));

    private final Meaning meaning;

    FlowMetric(Meaning meaning) {
        this.meaning = meaning;
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
