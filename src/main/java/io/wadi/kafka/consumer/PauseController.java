package io.wadi.kafka.consumer;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * A controller that pauses and resumes partitions for backpressure. It pauses all of them while Camel has suspended the
 * route or the route's target is paused, and a single one while it backs off after a failure or its sink is full. The
 * consumer continues to poll, so it stays in its group; fetched records of a paused partition are kept. Reads no clock.
 */
final class PauseController {
    private final PartitionClient client;
    private final OwnedPartitions owned;
    private boolean suspended;
    private boolean paused;

    PauseController(PartitionClient client, OwnedPartitions owned) {
        this.client = client;
        this.owned = owned;
    }

    boolean mayFetch() {
        return !suspended && !paused;
    }

    /** Returns whether the route's target is paused. */
    boolean isPaused() {
        return paused;
    }

    /** Called when Camel suspends the route. */
    void suspend(Collection<TopicPartition> partitions) {
        suspended = true;
        client.reallyPause(partitions);
    }

    /** Called when Camel resumes the route. A partition that is paused for another reason stays paused. */
    void unsuspend(Collection<TopicPartition> partitions) {
        suspended = false;
        resume(partitions);
    }

    void pause() {
        paused = true;
        client.reallyPause(client.assignment());
    }

    void unpause() {
        paused = false;
        resume(client.assignment());
    }

    void assigned(Collection<TopicPartition> partitions) {
        if (!mayFetch()) {
            client.reallyPause(partitions);
        }
    }

    void backOff(OwnedPartition partition) {
        client.reallyPause(Set.of(partition.partition()));
    }

    /** Resumes the partitions after their backoff. */
    void resumeDue(long nowNanos) {
        if (mayFetch()) {
            for (OwnedPartition each : owned.all()) {
                if (each.resume(nowNanos)) {
                    client.reallyResume(Set.of(each.partition()));
                }
            }
        }
    }

    /** Pauses a partition while its sink is full. */
    void applyBackpressure(OwnedPartition partition) {
        ClaimedSink claimed = partition.claimed();
        if (claimed == null || claimed.sink().appliesBackpressure() == claimed.isPaused()) {
            return;
        }
        claimed.paused(!claimed.isPaused());
        if (claimed.isPaused()) {
            client.reallyPause(Set.of(partition.partition()));
        } else {
            resume(Set.of(partition.partition()));
        }
    }

    private void resume(Collection<TopicPartition> partitions) {
        if (mayFetch()) {
            client.reallyResume(partitions.stream()
                    .filter(partition -> mayResume(owned.of(partition)))
                    .collect(Collectors.toSet()));
        }
    }

    private static boolean mayResume(OwnedPartition partition) {
        return !partition.isBackingOff()
                && (partition.claimed() == null || !partition.claimed().isPaused());
    }
}
