package io.wadi.landing.format;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
        int at = LineBreak.in(value.array(), from, from + value.remaining());
        if (at >= 0) {
            throw new RejectedRecordException(
                    "the value has a line break at byte " + at + "; a line must not contain any");
        }
        if (LandedLine.offset(value, consumed.topic(), consumed.partition()) >= 0) {
            throw new RejectedRecordException(
                    "the value begins like an envelope of its partition; only landing writes these"
                            + " (with wadi.landing.envelope=true, which accepts any value)");
        }
        return value;
    }

    /** Finds line breaks, eight bytes at a time. */
    final class LineBreak {
        private static final VarHandle LONGS =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
        private static final long ONES = 0x0101010101010101L;
        private static final long HIGH_BITS = 0x8080808080808080L;
        private static final long NEWLINES = ONES * '\n';

        private LineBreak() {}

        /** Returns the index of the first line break in a range, relative to its start; -1 if there is none. */
        static int in(byte[] bytes, int from, int to) {
            int at = from;
            // Four at once, so that the processor prefetches the next bytes.
            while (at <= to - 4 * Long.BYTES
                    && (found(bytes, at)
                                    | found(bytes, at + Long.BYTES)
                                    | found(bytes, at + 2 * Long.BYTES)
                                    | found(bytes, at + 3 * Long.BYTES))
                            == 0) {
                at += 4 * Long.BYTES;
            }
            for (; at <= to - Long.BYTES; at += Long.BYTES) {
                long found = found(bytes, at);
                if (found != 0) {
                    return at - from + Long.numberOfTrailingZeros(found) / Byte.SIZE;
                }
            }
            for (; at < to; at++) {
                if (bytes[at] == '\n') {
                    return at - from;
                }
            }
            return -1;
        }

        /**
         * Returns nonzero if one of eight bytes is a newline; the lowest bit set is then the high bit of the first
         * newline.
         */
        private static long found(byte[] bytes, int at) {
            long difference = (long) LONGS.get(bytes, at) ^ NEWLINES;
            return (difference - ONES) & ~difference & HIGH_BITS;
        }
    }
}
