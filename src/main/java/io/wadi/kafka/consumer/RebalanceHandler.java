package io.wadi.kafka.consumer;

import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/**
 * Takes assigned partitions, finishes and commits those that are revoked, and drops those that are lost. Kafka calls it within
 * a poll, on the consumer's thread; the listener of camel-kafka is called first.
 */
final class RebalanceHandler implements ConsumerRebalanceListener {
    private final ConsumerRebalanceListener camel;
    private final OwnedPartitions owned;
    private final InFlightBatch inFlight;
    private final RouteSends sends;
    private final PauseController pauses;
    private final ConsumerMonitor monitor;

    RebalanceHandler(
            ConsumerRebalanceListener camel,
            OwnedPartitions owned,
            InFlightBatch inFlight,
            RouteSends sends,
            PauseController pauses,
            ConsumerMonitor monitor) {
        this.camel = camel;
        this.owned = owned;
        this.inFlight = inFlight;
        this.sends = sends;
        this.pauses = pauses;
        this.monitor = monitor;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        camel.onPartitionsAssigned(partitions);
        partitions.forEach(owned::of);
        pauses.assigned(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        try {
            camel.onPartitionsRevoked(partitions);
        } finally {
            handBack(partitions);
        }
    }

    /** Finishes the partitions' open work and commits it; what cannot be finished is done by the next owner. */
    private void handBack(Collection<TopicPartition> partitions) {
        inFlight.bringToAnEnd();
        sends.settleNow();
        List<OwnedPartition> handedBack = owned.find(partitions);
        SinkCommitter.finish(handedBack);
        try {
            owned.commit(handedBack);
        } finally {
            monitor.lookAtMeters();
            handedBack.forEach(owned::release);
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        try {
            camel.onPartitionsLost(partitions);
        } finally {
            if (sends.isOpen()) {
                sends.takeBack();
            }
            partitions.forEach(owned::drop);
        }
    }
}
