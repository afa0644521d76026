package io.wadi.runtime.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.runtime.telemetry.Timeline.Event;
import io.wadi.runtime.telemetry.Timeline.Step;
import io.wadi.testing.AdjustableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final long BEGIN = 1_000_000_000;

    private final AdjustableClock clock = new AdjustableClock(Instant.ofEpochMilli(BEGIN));
    private final Timeline timeline = new Timeline(clock);

    @Test
    void events_areCountedByRouteInTenSecondSteps_onceComplete() {
        timeline.add("landing", Event.FILE_PUBLISHED);
        clock.pass(Duration.ofSeconds(9));
        timeline.add("landing", Event.FILE_PUBLISHED);
        timeline.add("landing", Event.ASSIGNED);
        timeline.add("indexing", Event.FAILED);

        assertThat(timeline.steps()).isEqualTo(Map.of("landing", List.of(), "indexing", List.of()));

        clock.pass(Duration.ofSeconds(1));
        timeline.add("landing", Event.REVOKED);
        clock.pass(Duration.ofSeconds(10));

        assertThat(timeline.steps())
                .containsEntry("landing", List.of(new Step(BEGIN, 2, 1, 0, 0), new Step(BEGIN + 10_000, 0, 0, 1, 0)))
                .containsEntry("indexing", List.of(new Step(BEGIN, 0, 0, 0, 1)));
    }

    @Test
    void stepsOlderThanAnHour_areDropped_alsoWithoutNewEvents() {
        timeline.add("landing", Event.FILE_PUBLISHED);
        clock.pass(Duration.ofMinutes(59));
        timeline.add("landing", Event.FAILED);
        assertThat(timeline.steps().get("landing")).hasSize(1);

        clock.pass(Duration.ofMinutes(1));
        timeline.add("landing", Event.FILE_PUBLISHED);
        clock.pass(Duration.ofSeconds(10));

        assertThat(timeline.steps().get("landing"))
                .containsExactly(new Step(BEGIN + 59 * 60_000, 0, 0, 0, 1), new Step(BEGIN + 60 * 60_000, 1, 0, 0, 0));
        clock.pass(Duration.ofHours(2));
        assertThat(timeline.steps().get("landing")).isEmpty();
    }

    @Test
    void routeWithoutEventsForAnHour_isRemoved_onceAnotherRouteIsAdded() {
        timeline.add("removed", Event.ASSIGNED);
        timeline.add("landing", Event.ASSIGNED);
        clock.pass(Duration.ofMinutes(59));
        timeline.add("landing", Event.REVOKED);
        clock.pass(Duration.ofMinutes(1));

        timeline.add("added", Event.ASSIGNED);

        assertThat(timeline.steps()).containsOnlyKeys("added", "landing");
    }

    @Test
    void partitionAssignmentsAndRevocations_areCounted() {
        PipelineMetrics metrics = PipelineMetrics.withLimit(10, clock, Traces.off());
        PartitionMetrics partition = metrics.open("landing", "g", new TopicPartition("t", 0));
        partition.addEvent(Event.FILE_PUBLISHED);
        metrics.close(partition);
        PartitionMetrics.unregistered(new TopicPartition("t", 1)).addEvent(Event.FILE_PUBLISHED);
        clock.pass(Duration.ofSeconds(10));

        assertThat(metrics.timeline().steps()).isEqualTo(Map.of("landing", List.of(new Step(BEGIN, 1, 1, 1, 0))));
    }
}
