package io.wadi.kafka;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** The combined records of several {@link TransactionPart}s, without their offsets. Not thread-safe. */
public final class JointParts {
    private final List<TransactionPart> parts;
    /** The number of records that {@link TransactionPart#records} of each part returned in this attempt. */
    private final List<Integer> counts = new ArrayList<>();

    public JointParts(Collection<TransactionPart> parts) {
        this.parts = List.copyOf(parts);
    }

    /** Returns the records of all parts; see {@link TransactionPart#records}. */
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

    /**
     * Passes each part the locations of its records, and returns the next records of all parts; see {@link
     * TransactionPart#next}.
     */
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

    /** Reports rejected records to the parts that they belong to; see {@link TransactionPart#rejected}. */
    public void rejected(SortedMap<Integer, Exception> causes) {
        int from = 0;
        for (int i = 0; i < parts.size(); i++) {
            int first = from;
            from += counts.get(i);
            SortedMap<Integer, Exception> ofPart = new TreeMap<>();
            causes.subMap(first, from).forEach((index, cause) -> ofPart.put(index - first, cause));
            if (!ofPart.isEmpty()) {
                parts.get(i).rejected(ofPart);
            }
        }
    }
}
