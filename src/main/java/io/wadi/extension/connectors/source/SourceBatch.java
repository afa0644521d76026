package io.wadi.extension.connectors.source;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/** What a source has read at a time, as the body of one exchange: items, and the way to keep their records. */
public final class SourceBatch {
    private final SourceReader.Reading reading;
    private final SourceTransactions outbox;
    private boolean kept;

    SourceBatch(SourceReader.Reading reading, SourceTransactions outbox) {
        this.reading = reading;
        this.outbox = outbox;
    }

    /** What was read. */
    public List<SourceRecord> items() {
        return reading.items();
    }

    /**
     * Sends these records and keeps the position after them, all or nothing.
     *
     * @throws RejectedSendException where Kafka refuses one of them: nothing is sent, and it may be tried with another in its place
     * @throws org.apache.kafka.common.KafkaException where it was not done, or it is not known whether it was
     */
    void keep(List<ProducerRecord<Object, Object>> records) throws RejectedSendException {
        Map<String, String> positions = reading.positions();
        outbox.commit(records, positions);
        kept = true;
    }

    boolean isKept() {
        return kept;
    }

    @Override
    public String toString() {
        return reading.items().size() + " records of a source";
    }
}
