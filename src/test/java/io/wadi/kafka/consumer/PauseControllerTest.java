package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A partition that is paused for several reasons is resumed once none of them remains. */
final class PauseControllerTest {
    private static final TopicPartition PARTITION = new TopicPartition("t", 0);

    private final Set<TopicPartition> paused = new HashSet<>();
    private final PartitionClient client = ConsumerContexts.client((proxy, method, given) -> switch (method.getName()) {
        case "assignment" -> Set.of(PARTITION);
        case "reallyPause" -> {
            ((Collection<?>) given[0]).forEach(each -> paused.add((TopicPartition) each));
            yield null;
        }
        case "reallyResume" -> {
            paused.removeAll((Collection<?>) given[0]);
            yield null;
        }
        default -> throw new UnsupportedOperationException(method.getName());
    });
    private final OwnedPartitions owned = ConsumerContexts.owned(client);
    private final PauseController pauses = new PauseController(client, owned);
    private final OwnedPartition partition = owned.of(PARTITION);

    @Test
    void assignedPartition_isPaused_whileTheRouteIsSuspendedOrItsTargetPaused() {
        pauses.assigned(Set.of(PARTITION));
        assertThat(paused).isEmpty();

        pauses.suspend(Set.of());
        pauses.assigned(Set.of(PARTITION));
        assertThat(paused).containsExactly(PARTITION);

        pauses.unsuspend(Set.of(PARTITION));
        assertThat(paused).isEmpty();

        pauses.pause();
        paused.clear();
        pauses.assigned(Set.of(PARTITION));
        assertThat(paused).containsExactly(PARTITION);
    }

    @Test
    void suspendedRouteWithAPausedTarget_isResumedAfterBoth() {
        pauses.suspend(Set.of(PARTITION));
        pauses.pause();

        pauses.unsuspend(Set.of(PARTITION));
        assertThat(paused).containsExactly(PARTITION);

        pauses.unpause();
        assertThat(paused).isEmpty();
    }

    @Test
    void partitionThatBacksOff_isResumedAfterTheBackoff_butNotWhileTheRouteIsSuspended() {
        partition.fetched(5, 9, 10);
        partition.failed(new IOException("x"));
        partition.rewind(0);
        pauses.backOff(partition);
        pauses.suspend(Set.of(PARTITION));

        pauses.resumeDue(Long.MAX_VALUE);
        assertThat(paused).containsExactly(PARTITION);
        pauses.unsuspend(Set.of(PARTITION));
        assertThat(paused).as("the backoff is not over").containsExactly(PARTITION);

        pauses.resumeDue(Long.MAX_VALUE);
        assertThat(paused).isEmpty();
    }

    @Test
    void partitionWithAFullSink_isResumedWhenTheSinkHasCapacity() {
        IdleSink sink = new IdleSink();
        partition.fetched(5, 9, 10);
        partition.claim(sink);
        sink.full = true;
        pauses.applyBackpressure(partition);
        assertThat(paused).containsExactly(PARTITION);

        pauses.pause();
        pauses.unpause();
        assertThat(paused).as("the sink is full").containsExactly(PARTITION);

        sink.full = false;
        pauses.applyBackpressure(partition);
        assertThat(paused).isEmpty();
    }
}
