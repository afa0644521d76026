package io.wadi.kafka.partitions;

import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.age;
import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.counter;
import static io.wadi.runtime.telemetry.PartitionMetric.Meaning.gauge;

import io.wadi.runtime.telemetry.PartitionMetric;

/** The metrics of each partition that a route's consumer reads. */
@SuppressWarnings("ImmutableEnumChecker") // a Meaning is a record of strings
enum FlowMetric implements PartitionMetric {
    RECORDS(counter("wadi_consumed_records", "Records delivered to the route, including repeated deliveries")),
    BYTES(counter("wadi_consumed_bytes", "Bytes of the keys and values of records delivered to the route")),
    BATCHES(counter("wadi_consumed_batches", "Polls that returned records of the partition")),
    COMMITS(counter("wadi_commits", "Commits of the group's offset")),
    COMMITTED(gauge("wadi_committed_offset", Fold.NONE, "The last offset committed by this process")),
    LAG(gauge("wadi_lag_records", Fold.SUM, "Offsets in Kafka that are not completed: not landed, indexed or routed")),
    LAG_TIME(age(
            "wadi_lag_seconds",
            "Age of the oldest uncompleted record, or time since unread records were noticed; 0 without lag")),
    IN_FLIGHT(gauge("wadi_inflight_records", Fold.SUM, "Offsets delivered to the route that are not completed")),
    RETRIES(counter("wadi_retries", "Failures after which records are delivered again")),
    FAILING(gauge(
            "wadi_partition_failing",
            Fold.MAX,
            "Consecutive failed attempts of the partition; 0 if the last attempt succeeded"));

    private final Meaning meaning;

    FlowMetric(Meaning meaning) {
        this.meaning = meaning;
    }

    @Override
    public Meaning meaning() {
        return meaning;
    }
}
