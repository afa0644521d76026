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
    private final ConsumerContext parts;

    RebalanceHandler(ConsumerRebalanceListener camel, ConsumerContext parts) {
        this.camel = camel;
        this.parts = parts;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        camel.onPartitionsAssigned(partitions);
        partitions.forEach(parts.owned()::of);
        parts.pauses().assigned(partitions);
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
        parts.inFlight().bringToAnEnd();
        parts.sends().settleNow();
        List<OwnedPartition> handedBack = parts.owned().find(partitions);
        SinkCommitter.finish(handedBack);
        try {
            parts.sends().commitOffsets(handedBack);
        } finally {
            parts.monitor().lookAtMeters();
            handedBack.forEach(parts.owned()::release);
            parts.sends().forget(partitions);
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        try {
            camel.onPartitionsLost(partitions);
        } finally {
            if (parts.sends().isOpen()) {
                parts.sends().takeBack();
            }
            partitions.forEach(parts.owned()::drop);
            parts.sends().forget(partitions);
        }
    }
}
