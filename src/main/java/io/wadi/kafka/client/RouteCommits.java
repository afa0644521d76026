package io.wadi.kafka.client;

import io.wadi.kafka.consumer.FlowConsumer;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.consumer.CommitManager;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.camel.component.kafka.consumer.KafkaManualCommitFactory;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * A factory of manual commits that go to the route's {@link FlowConsumer}. With camel-kafka's own commit managers, the
 * commits of {@code DefaultKafkaManualAsyncCommitFactory} are made in a rebalance only, and a commit in a rebalance
 * covers records that the route has not committed.
 *
 * @param factory the endpoint's own factory, which creates the manual commits
 */
record RouteCommits(KafkaManualCommitFactory factory) implements KafkaManualCommitFactory {
    @Override
    public KafkaManualCommit newInstance(
            CamelExchangePayload exchange, KafkaRecordPayload delivered, CommitManager commitManager) {
        return factory.newInstance(exchange, delivered, new Requests(exchange.consumer));
    }

    private record Requests(Consumer<?, ?> consumer) implements CommitManager {
        @Override
        public KafkaManualCommit getManualCommit(
                Exchange exchange, TopicPartition partition, ConsumerRecord<Object, Object> delivered) {
            throw new UnsupportedOperationException("The commit manager of a record cannot create commits");
        }

        @Override
        public void commit() {
            consumer.commitSync();
        }

        /** Does nothing, since the offsets are requested when they are recorded. */
        @Override
        public void commit(TopicPartition partition) {}

        @Override
        public void forceCommit(TopicPartition partition, long offset) {
            consumer.commitSync(after(partition, offset));
        }

        @Override
        public void recordOffset(TopicPartition partition, long offset) {
            consumer.commitAsync(after(partition, offset), null);
        }

        private static Map<TopicPartition, OffsetAndMetadata> after(TopicPartition partition, long offset) {
            return Map.of(partition, new OffsetAndMetadata(offset + 1));
        }
    }
}
