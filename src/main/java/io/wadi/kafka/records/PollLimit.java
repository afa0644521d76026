package io.wadi.kafka.records;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * A limit on the bytes of the records that one poll of a consumer returns. Kafka limits a fetch by its compressed bytes
 * and a poll by its number of records, so that a few kilobytes on the network could fill the heap.
 *
 * <p>The key, value and headers of a record in a compressed batch are parts of one array per record ({@code
 * DefaultRecord.readFrom}). The length of the array is counted; reading the headers instead would take an eighth of
 * landing's CPU time. Uncompressed records share the array of their fetch, which is counted once. Records with neither
 * key nor value are not counted.
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
    private boolean isSingle;
    /** The deserializers that were called in a poll that returns a single record. */
    private final Set<Object> called = Collections.newSetFromMap(new IdentityHashMap<>());
    /** The array of the last record; null if the poll has none yet. */
    private byte[] last;

    /**
     * Creates a limit.
     *
     * @param maxBytes the maximum number of bytes of keys, headers and values
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
        last = null;
        isSingle = false;
        called.clear();
    }

    /** Like {@link #begin}, for a poll that returns one record; two if the first has no value and the second no key. */
    public void beginSingle() {
        begin();
        isSingle = true;
    }

    @SuppressWarnings("ByteBufferBackingArray") // its identity and length only
    private void take(Object deserializer, ByteBuffer part) {
        if (isSingle && !called.add(deserializer)) {
            throw new ReachedException();
        }
        byte[] record = part.array();
        if (record == last) {
            return;
        }
        if (last != null && bytes + record.length > maxBytes) {
            throw new ReachedException();
        }
        last = record;
        bytes += record.length;
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
                take(this, data);
                return deserializer.deserialize(topic, headers, data);
            }
        };
    }
}
