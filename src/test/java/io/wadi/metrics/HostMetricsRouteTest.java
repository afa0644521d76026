package io.wadi.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.RouteTestSupport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Message;
import org.apache.camel.builder.AdviceWith;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * {@code routes/host-metrics.camel.yaml} without servers: each measurement is one batch, and a failure affects only it.
 */
class HostMetricsRouteTest extends RouteTestSupport {
    @Override
    protected Map<String, String> settings() {
        return Map.of(
                "wadi.host-metrics.enabled", "true", "wadi.host-metrics.interval", "10s", "wadi.metrics.topic", "all");
    }

    @BeforeEach
    void loadRoute() throws Exception {
        load("host-metrics");
    }

    @Test
    void documents_areSentTogether_keyedByHost() throws Exception {
        start("host-metrics", "kafka:*");

        assertThat(send(null).getException()).isNull();

        Object sent = kafka("all").getExchanges().get(0).getMessage().getBody();
        assertThat((List<?>) sent)
                .hasSizeGreaterThan(1)
                .allSatisfy(document ->
                        assertThat(((Message) document).getHeader("kafka.KEY")).isNotNull());
    }

    @Test
    void unacknowledgedSend_dropsTheMeasurement_andTheNextIsScheduled() throws Exception {
        AtomicInteger sends = new AtomicInteger();
        AdviceWith.adviceWith(
                context(),
                "host-metrics",
                route -> route.weaveById("to-metrics").replace().process(exchange -> {
                    sends.incrementAndGet();
                    throw new TimeoutException("no answer");
                }));
        start("host-metrics", "kafka:*");

        assertThat(send(null).getException()).isNull();
        assertThat(sends).hasPositiveValue();
        assertThat(deadLetters).isEmpty();
    }
}
