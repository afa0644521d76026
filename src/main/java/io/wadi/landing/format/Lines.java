package io.wadi.landing.format;

import io.wadi.format.Bytes;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Converts a record to one line, without the newline at its end. */
@FunctionalInterface
interface Lines {
    /** Returns the line as the remaining bytes of a buffer with an array. The caller must change neither. */
    ByteBuffer line(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException;

    /**
     * Returns the unchanged value. Rejects records without a value, values with a line break, and values that begin
     * like an {@link Envelope}, since readers could not distinguish them from envelopes that landing wrote.
     */
    static ByteBuffer value(ConsumerRecord<byte[], ByteBuffer> consumed) throws RejectedRecordException {
        ByteBuffer value = consumed.value();
        if (value == null) {
            throw new RejectedRecordException("the record has no value (a tombstone); a line requires one");
        }
        int from = value.arrayOffset() + value.position();
        int at = Bytes.indexOf(value.array(), from, from + value.remaining(), (byte) '\n');
        if (at >= 0) {
            throw new RejectedRecordException(
                    "the value has a line break at byte " + (at - from) + "; a line must not contain any");
        }
        if (LandedLine.offset(value, consumed.topic(), consumed.partition()) >= 0) {
            throw new RejectedRecordException(
                    "the value begins like an envelope of its partition; only landing writes these"
                            + " (with wadi.landing.envelope=true, which accepts any value)");
        }
        return value;
    }
}
