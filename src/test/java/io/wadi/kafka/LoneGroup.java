package io.wadi.kafka;

import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A group offset without joint transactions, and without commits unless a test overrides them. */
public abstract class LoneGroup implements GroupOffset {
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
