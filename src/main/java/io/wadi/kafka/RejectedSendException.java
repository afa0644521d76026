package io.wadi.kafka;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.SerializationException;

/** Records that Kafka will never accept, such as one that is too large. */
public final class RejectedSendException extends KafkaException {
    private static final long serialVersionUID = 1;

    private final transient SortedMap<Integer, Exception> causes;

    /**
     * Takes the reasons by the records' indexes among those sent together.
     *
     * @param causes not empty
     */
    public RejectedSendException(Map<Integer, Exception> causes) {
        this((SortedMap<Integer, Exception>) new TreeMap<>(causes));
    }

    private RejectedSendException(SortedMap<Integer, Exception> causes) {
        super(
                "Kafka rejects %d of the records sent together, the first of them, record %d, because of %s"
                        .formatted(causes.size(), causes.firstKey(), Causes.inShort(causes.get(causes.firstKey()))),
                causes.get(causes.firstKey()));
        this.causes = causes;
    }

    /**
     * Returns whether a send failed because Kafka will never accept the record. Of a batch with a single invalid record Kafka
     * returns its own exception, else an InvalidRecordException for each.
     */
    public static boolean isRejection(Throwable cause) {
        return cause instanceof InvalidRecordException
                || cause instanceof InvalidTimestampException
                || cause instanceof RecordTooLargeException
                || cause instanceof RecordBatchTooLargeException
                || cause instanceof SerializationException;
    }

    /** Returns the reasons by the records' indexes among those sent together. */
    public SortedMap<Integer, Exception> causes() {
        return causes;
    }
}
