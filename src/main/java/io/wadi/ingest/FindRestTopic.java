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
 * Sets the exchange property {@link SendEvents#TOPIC} from the path of a Kafka REST request. The response for a topic
 * that does not accept REST requests is the same whether it exists in Kafka or not, so that clients cannot probe for
 * topics.
 */
public record FindRestTopic(Topics topics) implements Processor {
    /**
     * Sets the topic.
     *
     * @throws RestException 406 if the client accepts no media type of this API, 404 for a topic that does not accept
     *     records
     */
    @Override
    public void process(Exchange exchange) {
        IngestRequest request = IngestRequest.of(exchange);
        RestTypes.answerType(request.list("Accept"));
        String name = request.path("topic");
        if (topics.find(name)
                .filter(topic -> topic.accepts(Topic.EventEndpoint.TOPICS))
                .isEmpty()) {
            throw new RestException(RestError.of(404, "topics.yaml declares no such topic for records"));
        }
        exchange.setProperty(SendEvents.TOPIC, name);
    }
}
