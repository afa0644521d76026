package io.wadi.indexing.document;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A batch of records with documents that are in progress. Once all are done, its end offset can be committed together
 * with its dead letters.
 */
public final class PendingBatch {
    private final long end;
    private final List<ProducerRecord<Object, Object>> deadLetters = new ArrayList<>();
    private int open;

    /**
     * Creates a batch without documents.
     *
     * @param end the offset after the last record
     */
    public PendingBatch(long end) {
        this.end = end;
    }

    public long end() {
        return end;
    }

    /** Adds a document in progress. */
    public void opened() {
        open++;
    }

    /** Completes an indexed document. */
    public void done() {
        open--;
    }

    /** Completes a document as a dead letter, which is sent with the commit. */
    public void done(ProducerRecord<Object, Object> deadLetter) {
        open--;
        deadLetters.add(deadLetter);
    }

    public boolean isDone() {
        return open == 0;
    }

    /** Returns the dead letters in order of rejection. */
    public List<ProducerRecord<Object, Object>> deadLetters() {
        return deadLetters;
    }
}
