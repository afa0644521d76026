package io.wadi.kafka.consumer;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;

/**
 * Pauses and resumes partitions. All are paused while Camel has suspended the route, and while it is asked to pause; one
 * alone while it backs off after a failure, and while its sink takes no more records (backpressure). A paused partition
 * keeps what was fetched for it, and its member polls on: so it stays in its group for as long as it takes. No clock.
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

    /** Whether the route may take new records. */
    boolean mayFetch() {
        return !suspended && !paused;
    }

    /** Whether the route is asked to take no new records. */
    boolean isPaused() {
        return paused;
    }

    /** Camel suspends the route. */
    void suspend(Collection<TopicPartition> partitions) {
        suspended = true;
        client.reallyPause(partitions);
    }

    /** Camel resumes the route. A partition that is paused for another reason stays paused. */
    void unsuspend(Collection<TopicPartition> partitions) {
        suspended = false;
        resume(partitions);
    }

    /** The route is asked to take no new records. */
    void pause() {
        paused = true;
        client.reallyPause(client.assignment());
    }

    /** The route is asked to go on. */
    void unpause() {
        paused = false;
        resume(client.assignment());
    }

    /** These were assigned. */
    void assigned(Collection<TopicPartition> partitions) {
        if (!mayFetch()) {
            client.reallyPause(partitions);
        }
    }

    /** A partition backs off after a failure. */
    void backOff(OwnedPartition partition) {
        client.reallyPause(Set.of(partition.partition()));
    }

    /** Resumes the partitions whose backoff is over. */
    void resumeDue(long nowNanos) {
        if (mayFetch()) {
            for (OwnedPartition each : owned.all()) {
                if (each.resume(nowNanos)) {
                    client.reallyResume(Set.of(each.partition()));
                }
            }
        }
    }

    /** Pauses a partition whose sink takes no more records for now, and resumes it when the sink takes them again. */
    void applyBackpressure(OwnedPartition partition) {
        ClaimedSink claimed = partition.claimed();
        if (claimed == null || claimed.sink().takesNoMore() == claimed.isHeld()) {
            return;
        }
        claimed.held(!claimed.isHeld());
        if (claimed.isHeld()) {
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
                && (partition.claimed() == null || !partition.claimed().isHeld());
    }
}
