package io.wadi.kafka.consumer;

import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The offsets whose records are retried in isolation: each in a run or transaction of its own, with its sends awaited. Pure. */
record IsolatedRange(long from, long below) {
    static final IsolatedRange NONE = new IsolatedRange(-1, -1);

    boolean contains(long offset) {
        return offset >= from && offset < below;
    }

    /** Returns how many of these records come before the first that is retried in isolation. */
    int countBefore(List<? extends ConsumerRecord<?, ?>> records) {
        return countLeading(records, false);
    }

    /** Returns how many of these records, from the first on, are retried in isolation. */
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
