package io.wadi.kafka.records;

import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * A limit on the bytes of the records that one poll of a consumer returns, and on those of their objects. Kafka limits
 * a fetch by its compressed bytes and a poll by its number of records, so that a few kilobytes on the network could
 * fill the heap.
 *
 * <p>The key, value and headers of a record in a compressed batch are parts of one array per record ({@code
 * DefaultRecord.readFrom}), whose length is counted. Uncompressed records share the array of their fetch, which is
 * counted once. Each record and each header is also several objects, even if it is two bytes long; these are
 * counted separately, without decoding the headers, which would take an eighth of landing's CPU time.
 *
 * <p>Records with neither key nor value cannot be counted: the consumer calls no deserializer for them. Only {@code
 * max.poll.records} limits them. Ingest limits their headers to 8 KiB; other producers are not limited.
 *
 * <p>The deserializer throws for a record beyond the limit: the consumer returns the records before it, and
 * deserializes it again in the next poll ({@code CompletedFetch.fetchRecords} of kafka-clients 4.3; decision 211). The
 * first record of a poll is always returned. Kafka logs each such exception as an error of {@code CompletedFetch};
 * {@code logback.xml} turns that logger off. Used on the consumer's thread only.
 */
public final class PollLimit {
    private static final int HEAP_SHARE = 64;
    private static final long LEAST_BYTES = 1 << 20;

    private final long maxBytes;
    private long bytes;
    private long objectBytes;
    private boolean isSingle;
    /** The headers of the last record, passed with its key and its value; null if the poll has no record yet. */
    private Headers lastHeaders;
    /** The array of the last record. */
    private byte[] last;

    /**
     * Creates a limit.
     *
     * @param maxBytes the maximum number of bytes of keys, headers and values, and of the objects of records
     */
    public PollLimit(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Returns a limit of a sixty-fourth of the heap, at least 1 MiB. */
    public static PollLimit ofHeap() {
        return new PollLimit(Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / HEAP_SHARE));
    }

    /** Thrown by a deserializer to end a poll. */
    private static final class ReachedException extends RuntimeException {
        ReachedException() {
            super("the poll has reached its limit", null, false, false);
        }
    }

    /** Resets the count. Must be called before each poll. */
    public void begin() {
        bytes = 0;
        objectBytes = 0;
        lastHeaders = null;
        last = null;
        isSingle = false;
    }

    /** Like {@link #begin}, for a poll that returns one record. */
    public void beginSingle() {
        begin();
        isSingle = true;
    }

    @SuppressWarnings({"ByteBufferBackingArray", "ReferenceEquality"}) // identities, and the array's length
    private void take(Headers headers, ByteBuffer part) {
        if (headers == lastHeaders) {
            return;
        }
        byte[] array = part.array();
        long moreBytes = array == last ? 0 : array.length;
        long moreObjectBytes = HeldBytes.PER_RECORD + (long) HeldBytes.PER_HEADER * headers.toArray().length;
        if (lastHeaders != null && (isSingle || exceeds(bytes, moreBytes) || exceeds(objectBytes, moreObjectBytes))) {
            throw new ReachedException();
        }
        lastHeaders = headers;
        last = array;
        bytes += moreBytes;
        objectBytes += moreObjectBytes;
    }

    private boolean exceeds(long counted, long more) {
        return more > 0 && counted + more > maxBytes;
    }

    /** Returns a deserializer that applies this limit. The deserializers of keys and of values must both be limited. */
    public <T> Deserializer<T> limited(Deserializer<? extends T> deserializer) {
        return new Deserializer<>() {
            @Override
            public T deserialize(String topic, byte[] data) {
                return deserializer.deserialize(topic, data);
            }

            @Override
            public T deserialize(String topic, Headers headers, ByteBuffer data) {
                take(headers, data);
                return deserializer.deserialize(topic, headers, data);
            }
        };
    }
}
