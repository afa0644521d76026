package io.wadi.kafka.consumer;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The offsets of records retried in isolation: each in its own batch or transaction, with its sends awaited. */
record IsolatedRange(long from, long below) {
    static final IsolatedRange NONE = new IsolatedRange(-1, -1);

    boolean contains(long offset) {
        return offset >= from && offset < below;
    }

    /** Returns the number of records before the first one in this range. */
    int countBefore(List<? extends ConsumerRecord<?, ?>> records) {
        return countLeading(records, false);
    }

    /** Returns the number of leading records in this range. */
    int countWithin(List<? extends ConsumerRecord<?, ?>> records) {
        return countLeading(records, true);
    }

    private int countLeading(List<? extends ConsumerRecord<?, ?>> records, boolean isolated) {
        int count = 0;
        while (count < records.size() && contains(records.get(count).offset()) == isolated) {
            count++;
        }
        return count;
    }
}
