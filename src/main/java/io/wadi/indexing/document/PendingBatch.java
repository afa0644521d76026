package io.wadi.indexing.document;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A run of records whose documents are not all done. When they are, it can be committed, together with its dead letters. */
public final class PendingBatch {
    private final long end;
    private final List<ProducerRecord<Object, Object>> letters = new ArrayList<>();
    private int open;

    /** Takes the offset after the last record. */
    public PendingBatch(long end) {
        this.end = end;
    }

    public long end() {
        return end;
    }

    /** One more document has to be done. */
    public void opened() {
        open++;
    }

    /** One document is in the index. */
    public void done() {
        open--;
    }

    /** One document is a dead letter, which is sent with the commit. */
    public void done(ProducerRecord<Object, Object> letter) {
        open--;
        letters.add(letter);
    }

    public boolean isDone() {
        return open == 0;
    }

    /** In the order in which they were refused. */
    public List<ProducerRecord<Object, Object>> letters() {
        return letters;
    }
}
