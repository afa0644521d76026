package io.wadi.ingest.deduplication;

import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.topics.Topic;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Passes each batch of an inbox to the {@link DeduplicationSink} of its partition. */
final class DeduplicateRecords implements Processor {
    private final Map<String, Topic> byInbox;
    private final Function<String, DeduplicationSink.Context> context;

    /**
     * Takes the deduplicated topics by the names of their inboxes.
     *
     * @param context of a route, by its id
     */
    DeduplicateRecords(Map<String, Topic> byInbox, Function<String, DeduplicationSink.Context> context) {
        this.byInbox = byInbox;
        this.context = context;
    }

    @Override
    public void process(Exchange exchange) {
        RecordBatch batch = exchange.getMessage().getBody(RecordBatch.class);
        Topic topic = Objects.requireNonNull(byInbox.get(batch.partition().topic()), "deduplicated topic");
        batch.sink(
                        DeduplicationSink.class,
                        first -> DeduplicationSink.open(first, topic, context.apply(exchange.getFromRouteId())))
                .append(batch);
    }
}
