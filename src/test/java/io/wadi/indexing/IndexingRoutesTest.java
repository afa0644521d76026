package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.RecordBatch;
import io.wadi.local.Ports;
import io.wadi.testing.RouteTestSupport;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code routes/indexing.camel.yaml} without servers: batches and {@code _bulk} requests pass unchanged, and failures
 * are neither retried by the routes nor dead letters, but returned to the consumer and to {@code indexing:bulk}.
 */
class IndexingRoutesTest extends RouteTestSupport {
    private static final String BULK = "direct:bulk";

    @Override
    protected Map<String, String> settings() {
        String unreachable = "localhost:" + Ports.free();
        return Map.of("wadi.kafka.brokers", unreachable, "wadi.elasticsearch.hosts", unreachable);
    }

    @BeforeEach
    void startRoutes() throws Exception {
        load("indexing");
        AdviceWith.adviceWith(context(), "bulk", advice -> advice.mockEndpointsAndSkip("elasticsearch:*"));
        start("indexing", "indexing:*");
    }

    private MockEndpoint mock(String scheme) {
        return context().getEndpoints().stream()
                .filter(each -> each.getEndpointUri().startsWith("mock://" + scheme + ":"))
                .map(MockEndpoint.class::cast)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void batch_isIndexed_andAFailureIsReturnedToTheConsumer() {
        RecordBatch batch = new RecordBatch(
                new TopicPartition("events", 0),
                List.of(new ConsumerRecord<>("events", 0, 0, null, ByteBuffer.wrap("{}".getBytes(UTF_8)))),
                0,
                null);
        assertThat(send(batch).getException()).isNull();
        IllegalStateException failure = new IllegalStateException("of this test");
        mock("indexing").whenAnyExchangeReceived(exchange -> {
            throw failure;
        });

        assertThat(send(batch).getException()).isSameAs(failure);

        assertThat(mock("indexing").getExchanges())
                .extracting(each -> each.getMessage().getBody())
                .containsExactly(batch, batch);
        assertThat(deadLetters).isEmpty();
    }

    @Test
    void bulkRequest_isSentToElasticsearch_andAFailureIsReturned() {
        mock("elasticsearch")
                .whenAnyExchangeReceived(exchange -> exchange.getMessage().setBody("items"));
        assertThat(template().requestBody(BULK, "request")).isEqualTo("items");
        IllegalStateException failure = new IllegalStateException("of this test");
        mock("elasticsearch").whenAnyExchangeReceived(exchange -> {
            throw failure;
        });

        Exchange failed =
                template().request(BULK, exchange -> exchange.getMessage().setBody("request"));

        assertThat(failed.getException()).isSameAs(failure);
        assertThat(mock("elasticsearch").getExchanges()).hasSize(2);
        assertThat(deadLetters).isEmpty();
    }
}
