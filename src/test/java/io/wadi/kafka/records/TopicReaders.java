package io.wadi.kafka.records;

import org.apache.kafka.clients.consumer.Consumer;

/** Readers for tests of failures that real brokers seldom show. */
public final class TopicReaders {
    private TopicReaders() {}

    /** Reads with this consumer. */
    public static TopicReader of(Consumer<byte[], byte[]> consumer) {
        return new TopicReader("mock", PollLimit.ofHeap(), consumer);
    }
}
