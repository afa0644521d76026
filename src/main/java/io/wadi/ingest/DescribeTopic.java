package io.wadi.ingest;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.rest.RestJson;
import io.wadi.ingest.rest.RestTopic;
import io.wadi.ingest.send.SendEvents;
import io.wadi.kafka.Causes;
import io.wadi.kafka.topics.TopicMonitor;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.kafka.common.TopicPartition;

/**
 * Responds to a {@code GET} request of the Kafka REST API with Kafka's description of the topic, or with 503 if Kafka
 * returns none. No thread is blocked.
 */
public final class DescribeTopic extends AsyncProcessorSupport {
    private final TopicMonitor monitor;
    private final BiFunction<RestTopic, IngestRequest, CompletableFuture<Object>> response;

    private DescribeTopic(
            TopicMonitor monitor, BiFunction<RestTopic, IngestRequest, CompletableFuture<Object>> response) {
        this.monitor = monitor;
        this.response = response;
    }

    /** Returns the step for {@code GET /topics/{topic}}. */
    public static DescribeTopic whole(TopicMonitor monitor) {
        return new DescribeTopic(monitor, (topic, request) -> CompletableFuture.completedFuture(topic));
    }

    /** Returns the step for {@code GET /topics/{topic}/partitions}. */
    public static DescribeTopic partitions(TopicMonitor monitor) {
        return new DescribeTopic(monitor, (topic, request) -> CompletableFuture.completedFuture(topic.partitions()));
    }

    /** Returns the step for {@code GET /topics/{topic}/partitions/{partition}}: 404 if there is no such partition. */
    public static DescribeTopic partition(TopicMonitor monitor) {
        return new DescribeTopic(
                monitor, (topic, request) -> CompletableFuture.completedFuture(partition(topic, request)));
    }

    /**
     * Returns the step for {@code GET /topics/{topic}/partitions/{partition}/offsets}: 404 if there is no such
     * partition.
     */
    public static DescribeTopic offsets(TopicMonitor monitor) {
        return new DescribeTopic(
                monitor,
                (topic, request) -> monitor.offsets(new TopicPartition(
                                topic.name(), partition(topic, request).partition()))
                        .thenApply(found -> new RestTopic.Offsets(found.beginning(), found.end())));
    }

    private static RestTopic.Partition partition(RestTopic topic, IngestRequest request) {
        return topic.partitionOf(request.path("partition"));
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        IngestRequest request = IngestRequest.of(exchange);
        monitor.topic(exchange.getProperty(SendEvents.TOPIC, String.class))
                .thenCompose(found -> response.apply(RestTopic.of(found.topic(), found.settings()), request))
                .thenApply(RestJson::write)
                .whenComplete((body, error) -> request.onLoop(() -> {
                    if (error == null) {
                        HttpResponses.set(exchange, HttpResponses.OK, body);
                    } else {
                        exchange.setException(toException(Causes.unwrap(error)));
                    }
                    callback.done(false);
                }));
        return false;
    }

    private static Throwable toException(Throwable error) {
        return error instanceof org.apache.kafka.common.KafkaException
                ? new RequestException(
                        HttpResponses.UNAVAILABLE, "Kafka did not describe the topic: " + Causes.inShort(error))
                : error;
    }
}
