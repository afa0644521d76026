package io.wadi.kafka.consumer;

import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import java.util.Objects;
import java.util.Set;

/**
 * Pauses partitions whose sinks take no more for now, and tells health and metrics of what sinks wait for. A paused
 * partition keeps what was fetched for it, and its member polls on: so it stays in its group for as long as it takes.
 */
final class SinkWatch {
    private final GuardedConsumer consumer;
    private final PartitionStates.OfGroup states;
    private final PartitionMeters meters;

    /** Takes the consumer of the partitions, who is told of trouble, and who counts it. */
    SinkWatch(GuardedConsumer consumer, PartitionStates.OfGroup states, PartitionMeters meters) {
        this.consumer = consumer;
        this.states = states;
        this.meters = meters;
    }

    /**
     * Looks at one partition's sink, where it has one.
     *
     * @param mayResume false while the route is suspended
     */
    void look(PartitionProgress progress, boolean mayResume) {
        PartitionSink sink = progress.sink();
        if (sink != null) {
            holdBack(progress, sink.takesNoMore(), mayResume);
            tell(progress, sink.trouble());
        }
    }

    private void holdBack(PartitionProgress progress, boolean full, boolean mayResume) {
        if (full == progress.isHeld()) {
            return;
        }
        progress.held(full);
        if (full) {
            consumer.reallyPause(Set.of(progress.partition()));
        } else if (mayResume && !progress.isWaiting()) {
            consumer.reallyResume(Set.of(progress.partition()));
        }
    }

    private void tell(PartitionProgress progress, PartitionSink.Trouble trouble) {
        if (Objects.equals(trouble, progress.trouble())) {
            return;
        }
        progress.trouble(trouble);
        if (trouble == null) {
            states.recovered(progress.partition());
            meters.recovered(progress.partition());
        } else {
            states.failed(progress.partition(), progress.sink().safe(), trouble.cause());
            meters.failed(progress.partition(), trouble.tries());
        }
    }
}
