package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.RejectedRecordException;
import java.util.Optional;
import org.apache.kafka.common.header.Header;

/** The size of a record in a topic, without compression, and its limit in internal topics. */
final class RecordSize {
    /** The maximum overhead of a record besides its key, value and headers. */
    private static final int ENVELOPE_BYTES = 128;
    /**
     * The maximum size of a record in an internal topic. Its dead letter, which has more headers, then has at most 32
     * MiB.
     */
    private static final int MAX_INTERNAL_BYTES = (32 << 20) - (64 << 10);

    private RecordSize() {}

    /** Returns the size in bytes of a record with the key and headers of this one and a value. */
    static long of(EvaluatedRecord event, byte[] value) {
        long size =
                ENVELOPE_BYTES + (event.key() == null ? 0L : event.key().length) + (value == null ? 0L : value.length);
        for (Header header : event.headers()) {
            size += header.key().getBytes(UTF_8).length
                    + Optional.ofNullable(header.value())
                            .map(bytes -> bytes.length)
                            .orElse(0)
                    + 10;
        }
        return size;
    }

    /**
     * Returns the value to be written to an internal topic.
     *
     * @throws RejectedRecordException if the record would be too large for it
     */
    static byte[] requireInternal(String what, EvaluatedRecord event, byte[] value) {
        long size = of(event, value);
        if (size > MAX_INTERNAL_BYTES) {
            throw new RejectedRecordException("%s: the record would have %d bytes, but internal topics accept %d"
                    .formatted(what, size, MAX_INTERNAL_BYTES));
        }
        return value;
    }
}
