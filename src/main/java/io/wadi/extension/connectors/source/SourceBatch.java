package io.wadi.extension.connectors.source;

import io.wadi.kafka.RejectedSendException;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The result of one poll of a source, as the body of an exchange. */
public final class SourceBatch {
    private final SourceReader.Poll poll;
    private final SourceTransactions transactions;
    private boolean committed;

    SourceBatch(SourceReader.Poll poll, SourceTransactions transactions) {
        this.poll = poll;
        this.transactions = transactions;
    }

    /** Returns the records that were read. */
    public List<PolledRecord> records() {
        return poll.records();
    }

    /**
     * Sends records, and the source offsets after the poll, in one transaction.
     *
     * @throws RejectedSendException if Kafka rejects some of them: nothing is sent, and the caller may replace these
     *     records and commit again
     * @throws org.apache.kafka.common.KafkaException if the transaction failed, or its outcome is unknown
     */
    void commit(List<ProducerRecord<Object, Object>> records) {
        transactions.commit(records, poll.offsets());
        committed = true;
    }

    boolean isCommitted() {
        return committed;
    }

    @Override
    public String toString() {
        return poll.records().size() + " records of a source";
    }
}
