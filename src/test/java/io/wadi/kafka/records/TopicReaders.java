package io.wadi.kafka.records;

import org.apache.kafka.clients.consumer.Consumer;

/** Readers for tests of failures that are rare on real brokers. */
public final class TopicReaders {
    private TopicReaders() {}

    /** Returns a reader that uses this consumer. */
    public static TopicReader of(Consumer<byte[], byte[]> consumer) {
        return new TopicReader("mock", PollLimit.ofHeap(), consumer);
    }

    /** Returns a reader of single records that uses this consumer. */
    public static OffsetReader byOffset(Consumer<byte[], byte[]> consumer) {
        return new OffsetReader(consumer, 0);
    }
}
