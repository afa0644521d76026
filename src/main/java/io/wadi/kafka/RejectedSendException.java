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

/** Thrown if Kafka will never accept some of the records sent together, such as one that is too large. */
public final class RejectedSendException extends KafkaException {
    private final transient SortedMap<Integer, Exception> causes;

    /**
     * Creates an exception about the rejected records.
     *
     * @param causes the reasons by the records' indexes among those sent together; not empty
     */
    public RejectedSendException(Map<Integer, Exception> causes) {
        this((SortedMap<Integer, Exception>) new TreeMap<>(causes));
    }

    private RejectedSendException(SortedMap<Integer, Exception> causes) {
        super(
                "Kafka rejected %d of the records sent together; the first of them is record %d: %s"
                        .formatted(causes.size(), causes.firstKey(), Causes.inShort(causes.get(causes.firstKey()))),
                causes.get(causes.firstKey()));
        this.causes = causes;
    }

    /**
     * Returns whether a send failed because Kafka will never accept the record. For a batch with one invalid record,
     * Kafka's client returns the specific exception; for one with several, an InvalidRecordException for each.
     */
    public static boolean isRejection(Throwable cause) {
        return cause instanceof InvalidRecordException
                || cause instanceof InvalidTimestampException
                || cause instanceof RecordTooLargeException
                || cause instanceof RecordBatchTooLargeException
                || cause instanceof SerializationException;
    }

    /**
     * Returns whether Kafka rejects a record because of its timestamp. If it rejects several records of a batch, only
     * the message shows that.
     */
    public static boolean isOfTimestamp(Throwable cause) {
        return cause instanceof InvalidTimestampException
                || (cause instanceof InvalidRecordException
                        && String.valueOf(cause.getMessage()).contains("imestamp"));
    }

    /** Returns the reasons by the records' indexes among those sent together. */
    public SortedMap<Integer, Exception> causes() {
        return causes;
    }
}
