package io.wadi.kafka.consumer;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.TransactionPart;
import java.util.List;
import java.util.SortedMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** A part of a transaction without records. */
final class EmptyPart implements TransactionPart {
    boolean isCommitted;

    @Override
    public GroupOffset.Committed offset() {
        return new GroupOffset.Committed(0, "");
    }

    @Override
    public List<ProducerRecord<Object, Object>> records() {
        return List.of();
    }

    @Override
    public List<ProducerRecord<Object, Object>> next(List<RecordMetadata> locations) {
        return List.of();
    }

    @Override
    public void rejected(SortedMap<Integer, Exception> causes) {
        throw new UnsupportedOperationException("No record can be rejected");
    }

    @Override
    public void committed() {
        isCommitted = true;
    }
}
