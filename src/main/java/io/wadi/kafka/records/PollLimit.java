package io.wadi.kafka.records;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * A limit of the bytes of the records that one poll of a consumer returns. Kafka limits a fetch by its compressed bytes
 * and a poll by its number of records, so that some kilobytes on the network could fill the heap.
 *
 * <p>A record beyond the limit fails to be deserialized: the consumer returns those before it, and deserializes it
 * again in the next poll ({@code CompletedFetch.fetchRecords} of kafka-clients 4.3; decision 211). The first record of a
 * poll is always returned. Kafka logs each such failure as an error of {@code CompletedFetch}, which {@code logback.xml}
 * turns off. Used on the consumer's thread only.
 */
public final class PollLimit {
    private static final int HEAP_SHARE = 64;
    private static final long LEAST_BYTES = 1 << 20;

    private final long maxBytes;
    private long bytes;
    private boolean isFirst = true;

    /** Takes the maximum number of bytes of keys, headers and values. */
    public PollLimit(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Returns a limit of a sixty-fourth of the heap, at least 1 MiB. */
    public static PollLimit ofHeap() {
        return new PollLimit(Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / HEAP_SHARE));
    }

    /** Thrown to end a poll. */
    private static final class ReachedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        ReachedException() {
            super("the poll has reached its limit of bytes", null, false, false);
        }
    }

    /** Must be called before each poll. */
    public void begin() {
        bytes = 0;
        isFirst = true;
    }

    private void take(Headers headers, int length) {
        long record = length;
        for (Header each : headers) {
            record += each.key().length() + (each.value() == null ? 0 : each.value().length);
        }
        if (!isFirst && bytes + record > maxBytes) {
            throw new ReachedException();
        }
        isFirst = false;
        bytes += record;
    }

    /** Returns the deserializer of the consumer's keys. */
    public <T> Deserializer<T> keys(Deserializer<? extends T> keys) {
        return new Limited<>(keys) {
            @Override
            void count(Headers headers, int length) {
                bytes += length;
            }
        };
    }

    /** Returns the deserializer of the consumer's values. */
    public <T> Deserializer<T> values(Deserializer<? extends T> values) {
        return new Limited<>(values) {
            @Override
            void count(Headers headers, int length) {
                take(headers, length);
            }
        };
    }

    private abstract static class Limited<T> implements Deserializer<T> {
        private final Deserializer<? extends T> deserializer;

        Limited(Deserializer<? extends T> deserializer) {
            this.deserializer = deserializer;
        }

        abstract void count(Headers headers, int length);

        @Override
        public T deserialize(String topic, byte[] data) {
            return deserializer.deserialize(topic, data);
        }

        @Override
        public T deserialize(String topic, Headers headers, ByteBuffer data) {
            count(headers, data == null ? 0 : data.remaining());
            return deserializer.deserialize(topic, headers, data);
        }
    }
}
