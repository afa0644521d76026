package io.wadi.ingest;

import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.request.RequestException;
import io.wadi.ingest.rest.RestTopic;
import io.wadi.ingest.send.SendEvents;
import io.wadi.kafka.Causes;
import io.wadi.kafka.topics.TopicMonitor;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.kafka.common.TopicPartition;

/**
 * Answers a {@code GET} of the Kafka REST API with Kafka's description of the topic. No thread waits for it; without
 * one the response is a 503.
 */
public final class DescribeTopic extends AsyncProcessorSupport {
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final TopicMonitor look;
    private final BiFunction<RestTopic, IngestRequest, CompletableFuture<byte[]>> answer;

    private DescribeTopic(TopicMonitor look, BiFunction<RestTopic, IngestRequest, CompletableFuture<byte[]>> answer) {
        super();
        this.look = look;
        this.answer = answer;
    }

    /** {@code GET /topics/{topic}}. */
    public static DescribeTopic whole(TopicMonitor look) {
        return new DescribeTopic(look, at(RestTopic::body));
    }

    /** {@code GET /topics/{topic}/partitions}. */
    public static DescribeTopic partitions(TopicMonitor look) {
        return new DescribeTopic(look, at(RestTopic::partitionsBody));
    }

    /** {@code GET /topics/{topic}/partitions/{partition}}: 404 if there is no such partition. */
    public static DescribeTopic partition(TopicMonitor look) {
        return new DescribeTopic(
                look, (topic, request) -> CompletableFuture.completedFuture(RestTopic.body(partition(topic, request))));
    }

    /** {@code GET /topics/{topic}/partitions/{partition}/offsets}: 404 if there is no such partition. */
    public static DescribeTopic offsets(TopicMonitor look) {
        return new DescribeTopic(
                look,
                (topic, request) -> look.offsets(new TopicPartition(
                                topic.name(), partition(topic, request).partition()))
                        .thenApply(found -> RestTopic.body(new RestTopic.Offsets(found.beginning(), found.end()))));
    }

    private static BiFunction<RestTopic, IngestRequest, CompletableFuture<byte[]>> at(
            Function<RestTopic, byte[]> body) {
        return (topic, request) -> CompletableFuture.completedFuture(body.apply(topic));
    }

    private static RestTopic.Partition partition(RestTopic topic, IngestRequest request) {
        return topic.partitionOf(request.path("partition"));
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        IngestRequest request = IngestRequest.of(exchange);
        look.topic(exchange.getProperty(SendEvents.TOPIC, String.class))
                .thenCompose(found -> answer.apply(RestTopic.of(found.topic(), found.settings()), request))
                .whenComplete((body, error) -> request.onLoop(() -> {
                    if (error == null) {
                        HttpResponses.set(exchange, OK, body);
                    } else {
                        exchange.setException(refusal(Causes.unwrap(error)));
                    }
                    callback.done(false);
                }));
        return false;
    }

    private static Exception refusal(Throwable error) {
        return error instanceof org.apache.kafka.common.KafkaException
                ? new RequestException(
                        UNAVAILABLE, "Kafka has not said what the topic is like: " + Causes.inShort(error))
                : (Exception) error;
    }
}
