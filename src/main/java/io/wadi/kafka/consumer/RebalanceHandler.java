package io.wadi.kafka.consumer;

import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;

/**
 * A rebalance listener that adds assigned partitions, finishes and commits revoked ones, and drops lost ones. Kafka
 * calls it within a poll, on the consumer's thread. It calls the listener of camel-kafka first.
 */
record RebalanceHandler(ConsumerRebalanceListener delegate, ConsumerContext context)
        implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        delegate.onPartitionsAssigned(partitions);
        partitions.forEach(context.owned()::of);
        context.pauses().assigned(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        try {
            delegate.onPartitionsRevoked(partitions);
        } finally {
            release(partitions);
        }
    }

    /**
     * Completes and commits the partitions' open work. The next owner processes the records again that do not complete.
     */
    private void release(Collection<TopicPartition> partitions) {
        context.inFlight().awaitCompletion();
        context.sinks().commitJoined();
        context.sends().settleNow();
        List<OwnedPartition> revoked = context.owned().find(partitions);
        context.positions().skipLastGaps(revoked);
        SinkCommitter.finish(revoked);
        try {
            context.sends().commitOffsets(revoked);
        } finally {
            context.monitor().updateMeters();
            revoked.forEach(context.owned()::release);
            context.sends().released(partitions);
        }
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        try {
            delegate.onPartitionsLost(partitions);
        } finally {
            context.sinks().dropJoined(partitions);
            if (context.sends().isOpen()) {
                context.sends().abort();
            }
            partitions.forEach(context.owned()::drop);
            context.sends().released(partitions);
        }
    }
}
