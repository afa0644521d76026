package io.wadi.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Several {@link TransactionPart}s as one, without their offsets. For one thread. */
public final class JointParts {
    private final List<TransactionPart> parts;
    /** The number of first records of each part in this attempt. */
    private final List<Integer> counts = new ArrayList<>();

    public JointParts(Collection<TransactionPart> parts) {
        this.parts = List.copyOf(parts);
    }

    /** See {@link TransactionPart#records}. */
    public List<ProducerRecord<Object, Object>> records() {
        List<ProducerRecord<Object, Object>> all = new ArrayList<>();
        counts.clear();
        for (TransactionPart part : parts) {
            List<ProducerRecord<Object, Object>> records = part.records();
            counts.add(records.size());
            all.addAll(records);
        }
        return all;
    }

    /** See {@link TransactionPart#next}. */
    public List<ProducerRecord<Object, Object>> next(List<RecordMetadata> locations) {
        List<ProducerRecord<Object, Object>> all = new ArrayList<>();
        int from = 0;
        for (int i = 0; i < parts.size(); i++) {
            int to = from + counts.get(i);
            all.addAll(parts.get(i).next(locations.subList(from, to)));
            from = to;
        }
        return all;
    }

    /** See {@link TransactionPart#rejected}. */
    public void rejected(int index, Throwable cause) {
        int from = 0;
        int part = 0;
        while (index - from >= counts.get(part)) {
            from += counts.get(part);
            part++;
        }
        parts.get(part).rejected(index - from, cause);
    }
}
