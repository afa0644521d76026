package io.wadi.ingest;

import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.rest.RestError;
import io.wadi.ingest.rest.RestException;
import io.wadi.ingest.rest.RestTypes;
import io.wadi.ingest.send.SendEvents;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Begins a request of the Kafka REST convention that is for one topic: the exchange property {@code topic} is the topic that
 * the path names. Nobody learns of topics that are not open for the convention, whether Kafka has them or not.
 */
public final class FindRestTopic implements Processor {
    private static final int NOT_FOUND = 404;

    private final Topics topics;

    /** Takes the declared topics. */
    public FindRestTopic(Topics topics) {
        this.topics = topics;
    }

    /**
     * Checks the exchange's request.
     *
     * @throws RestException 406 if the client accepts no media type of this API, 404 for a topic that does not take records
     */
    @Override
    public void process(Exchange exchange) {
        IngestRequest request = IngestRequest.of(exchange);
        RestTypes.answerType(request.list("Accept"));
        String name = request.path("topic");
        if (topics.find(name).filter(topic -> topic.takes(Topic.Way.TOPICS)).isEmpty()) {
            throw new RestException(RestError.of(NOT_FOUND, "topics.yaml declares no such topic for records"));
        }
        exchange.setProperty(SendEvents.TOPIC, name);
    }
}
