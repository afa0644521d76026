package io.wadi.kafka;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * A group offset of a topic with one partition, without joint transactions, and without commits unless a test overrides
 * them.
 */
public abstract class LoneGroup implements GroupOffset {
    @Override
    public Map<TopicPartition, Committed> readOthers() {
        return Map.of();
    }

    @Override
    public boolean isExclusive() {
        return true;
    }

    @Override
    public boolean commit(Committed committed) {
        throw new UnsupportedOperationException("No group to commit " + committed + " for");
    }

    @Override
    public void commit(Committed committed, List<ProducerRecord<Object, Object>> sent) {
        throw new UnsupportedOperationException("No transactional commit in this test");
    }

    @Override
    public void join(TransactionPart part) {
        throw new UnsupportedOperationException("No joint transaction in this test");
    }
}
