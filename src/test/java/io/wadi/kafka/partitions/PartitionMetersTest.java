package io.wadi.kafka.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.runtime.telemetry.ExposedRegistry;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.runtime.telemetry.Traces;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class PartitionMetersTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private static final PartitionMeters.Progress DONE = new PartitionMeters.Progress() {
        @Override
        public long safe() {
            return 3;
        }

        @Override
        public long inFlight() {
            return 0;
        }
    };

    @Test
    void histogramOfARemovedRoute_doesNotCountForTheLimit() {
        PipelineMetrics metrics = PipelineMetrics.withLimit(1, Clock.systemUTC(), Traces.off());
        ExposedRegistry exposed = new ExposedRegistry(metrics);
        PartitionMeters removed = new PartitionMeters(metrics, "removed", "g");
        removed.assigned(PARTITION);
        removed.released(PARTITION);
        assertThat(exposed.scrape("text/plain"))
                .as("kept, since the partition may be assigned again")
                .contains("wadi_end_to_end_seconds_count{route=\"removed\",topic=\"t\"} 0");

        PartitionMeters added = new PartitionMeters(metrics, "added", "g");
        added.assigned(PARTITION);
        new PartitionMeters(metrics, "more", "g").assigned(PARTITION);

        assertThat(exposed.scrape("text/plain")
                        .lines()
                        .filter(line -> line.startsWith("wadi_end_to_end_seconds_count")))
                .containsExactlyInAnyOrder(
                        "wadi_end_to_end_seconds_count{route=\"added\",topic=\"t\"} 0",
                        "wadi_end_to_end_seconds_count 0");
    }

    @Test
    void recordsWithoutATimestamp_haveNoDuration() {
        Clock clock = Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC);
        PipelineMetrics metrics = PipelineMetrics.withLimit(1, clock, Traces.off());
        PartitionMeters meters = new PartitionMeters(metrics, "r", "g");
        meters.assigned(PARTITION);

        meters.delivered(PARTITION, List.of(record(0, -1), record(1, clock.millis() - 2_000)));
        meters.delivered(PARTITION, List.of(record(2, -1)));
        meters.update(each -> DONE, each -> OptionalLong.empty());

        assertThat(new ExposedRegistry(metrics).scrape("text/plain"))
                .contains(
                        "wadi_end_to_end_seconds_sum{route=\"r\",topic=\"t\"} 4",
                        "wadi_end_to_end_seconds_count{route=\"r\",topic=\"t\"} 2");
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, long timestamp) {
        return new ConsumerRecord<>(
                PARTITION.topic(),
                PARTITION.partition(),
                offset,
                timestamp,
                TimestampType.CREATE_TIME,
                0,
                0,
                new byte[0],
                new byte[0],
                new RecordHeaders(),
                Optional.empty());
    }
}
