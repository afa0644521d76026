package io.wadi.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.wadi.ingest.eventloop.AnonymousShare;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.send.SendEvents;
import io.wadi.kafka.topics.TopicMonitor;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DescribeTopicTest {
    private final Vertx vertx = Vertx.vertx();
    private final DefaultCamelContext camel = new DefaultCamelContext();

    @AfterEach
    void close() throws Exception {
        camel.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    /** Otherwise the exchange would not end, and the client would get no response. */
    @Test
    void error_failsTheExchange() throws Exception {
        IngestLoop loop =
                new IngestLoop(vertx.getOrCreateContext(), Duration.ofSeconds(1), new AnonymousShare(() -> 0));
        Exchange exchange = new DefaultExchange(camel);
        exchange.setProperty(SendEvents.TOPIC, "t");
        new IngestRequest(null, Map.of(), loop, null, null, 0, null).attach(exchange);
        CompletableFuture<Void> done = new CompletableFuture<>();
        try (TopicMonitor monitor = new TopicMonitor(() -> {
            throw new NoClassDefFoundError("a class of Kafka's client");
        })) {
            DescribeTopic.whole(monitor).process(exchange, sync -> done.complete(null));

            done.get(2, TimeUnit.MINUTES);
        }

        assertThat(exchange.getException()).hasRootCauseMessage("a class of Kafka's client");
    }
}
