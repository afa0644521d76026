package io.wadi.ingest;

import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.rest.RestTopic;
import io.wadi.ingest.rest.RestTypes;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/** Answers {@code GET /topics} of the Kafka REST API with the topics that the client may write to. */
public final class ListTopics implements Processor {
    private static final int OK = 200;

    private final Topics topics;

    /** Takes the declared topics. */
    public ListTopics(Topics topics) {
        this.topics = topics;
    }

    @Override
    public void process(Exchange exchange) {
        IngestRequest request = IngestRequest.of(exchange);
        RestTypes.answerType(request.list("Accept"));
        HttpResponses.set(
                exchange,
                OK,
                RestTopic.names(topics.all().stream()
                        .filter(topic -> topic.takes(Topic.Way.TOPICS))
                        .map(Topic::name)
                        .filter(request::mayWrite)
                        .sorted()
                        .toList()));
    }
}
