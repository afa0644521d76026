package io.wadi.kafka.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.runtime.telemetry.ExposedRegistry;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.runtime.telemetry.Traces;
import java.time.Clock;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionMetersTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

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
}
