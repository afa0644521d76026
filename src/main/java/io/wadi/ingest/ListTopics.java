package io.wadi.ingest;

import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.rest.RestJson;
import io.wadi.ingest.rest.RestTypes;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Responds to {@code GET /topics} of the Kafka REST API with the topics that the client may write to. */
public record ListTopics(Topics topics) implements Processor {
    @Override
    public void process(Exchange exchange) {
        IngestRequest request = IngestRequest.of(exchange);
        RestTypes.answerType(request.list("Accept"));
        HttpResponses.set(
                exchange,
                HttpResponses.OK,
                RestJson.write(topics.all().stream()
                        .filter(topic -> topic.accepts(Topic.EventEndpoint.TOPICS))
                        .map(Topic::name)
                        .filter(request::mayWrite)
                        .sorted()
                        .toList()));
    }
}
