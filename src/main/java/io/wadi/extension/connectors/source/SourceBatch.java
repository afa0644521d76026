package io.wadi.extension.connectors.source;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The result of one read of a source, as the body of an exchange. */
public final class SourceBatch {
    private final SourceReader.Reading reading;
    private final SourceTransactions outbox;
    private boolean kept;

    SourceBatch(SourceReader.Reading reading, SourceTransactions outbox) {
        this.reading = reading;
        this.outbox = outbox;
    }

    /** The items that were read. */
    public List<SourceRecord> items() {
        return reading.items();
    }

    /**
     * Sends these records and the source offset after them in one transaction.
     *
     * @throws RejectedSendException if Kafka rejects one of them: nothing is sent, and another record may take its place
     * @throws org.apache.kafka.common.KafkaException if the transaction failed, or its outcome is unknown
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
