package io.wadi.indexing;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what became of documents. Thread-safe. */
final class IndexingMeters {
    private final MeterRegistry meters;
    private final Map<String, Counter> indexed = new ConcurrentHashMap<>();

    IndexingMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    /** A document is in the index. */
    void indexed(String topic) {
        indexed.computeIfAbsent(
                        topic,
                        each -> Counter.builder("wadi.indexed.documents")
                                .description("Documents that are in the index")
                                .tag("topic", each)
                                .register(meters))
                .increment();
    }

    /** A record is a dead letter. */
    void refused(String topic) {
        Counter.builder("wadi.refused.documents")
                .description("Records that could not be documents and are dead letters")
                .tag("topic", topic)
                .register(meters)
                .increment();
    }

    /** A request, or some of its documents, are tried again. */
    void failed(String topic) {
        Counter.builder("wadi.indexing.failures")
                .description("Requests to Elasticsearch that are tried again, wholly or in part")
                .tag("topic", topic)
                .register(meters)
                .increment();
    }
}
