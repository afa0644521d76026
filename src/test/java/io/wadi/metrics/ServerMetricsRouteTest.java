package io.wadi.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.RecordBatch;
import io.wadi.testing.RouteTestSupport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Message;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** {@code routes/server-metrics.camel.yaml} without servers: the topic of each document. */
class ServerMetricsRouteTest extends RouteTestSupport {
    private String otherTopic = "";

    @Override
    protected Map<String, String> settings() {
        return Map.ofEntries(
                Map.entry("wadi.metrics.topic", "all"),
                Map.entry("wadi.metrics.group", "group"),
                Map.entry("wadi.metrics.consumers", "1"),
                Map.entry("wadi.metrics.exactly-once", "false"),
                Map.entry("wadi.metrics.cpu-topic", "cpu"),
                Map.entry("wadi.metrics.cpu-threshold", "0.5"),
                Map.entry("wadi.metrics.cpu-alert-topic", "cpu-alert"),
                Map.entry("wadi.metrics.memory-topic", "memory"),
                Map.entry("wadi.metrics.memory-threshold", "0.8"),
                Map.entry("wadi.metrics.memory-alert-topic", "memory-alert"));
    }

    private void start() throws Exception {
        context().getPropertiesComponent().addOverrideProperty("wadi.metrics.other-topic", otherTopic);
        load("server-metrics");
        start("server-metrics", "kafka:*");
    }

    @Test
    void documents_areSentByMetricset_andThoseAboveTheThresholdAsAlerts() throws Exception {
        start();

        assertThat(send(batch(
                                Fixtures.CPU_WEB_01_HALF,
                                Fixtures.CPU_WEB_02_OVER_HALF,
                                Fixtures.MEMORY_DB_01_OVER,
                                Fixtures.LOAD_WEB_01))
                        .getException())
                .isNull();

        assertThat(bodies("cpu")).containsExactly(text(Fixtures.CPU_WEB_01_HALF), text(Fixtures.CPU_WEB_02_OVER_HALF));
        assertThat(bodies("cpu-alert")).singleElement().asString().contains("web-02");
        assertThat(bodies("memory")).containsExactly(text(Fixtures.MEMORY_DB_01_OVER));
        assertThat(bodies("memory-alert")).singleElement().asString().contains("db-01");
        assertThat(dropped()).as("the load, which has no topic").isEqualTo(1);
    }

    @Test
    void documentsOfOtherMetricsets_areSentToTheConfiguredTopic() throws Exception {
        otherTopic = "other";
        start();

        send(batch(Fixtures.LOAD_WEB_01));

        assertThat(bodies("other")).containsExactly(text(Fixtures.LOAD_WEB_01));
        assertThat(dropped()).isZero();
    }

    private static RecordBatch batch(byte[]... documents) {
        List<ConsumerRecord<byte[], ByteBuffer>> records = new ArrayList<>();
        for (byte[] document : documents) {
            records.add(new ConsumerRecord<>("all", 0, records.size(), null, ByteBuffer.wrap(document)));
        }
        return new RecordBatch(new TopicPartition("all", 0), records, 0, null);
    }

    private double dropped() {
        return context()
                .getRegistry()
                .findSingleByType(MeterRegistry.class)
                .get("wadi.metrics.dropped")
                .counter()
                .count();
    }

    /** Returns the documents sent to a topic; camel-kafka would send each as a record. */
    private List<String> bodies(String topic) {
        List<String> bodies = new ArrayList<>();
        kafka(topic).getExchanges().forEach(exchange -> {
            for (Object message : (Iterable<?>) exchange.getMessage().getBody()) {
                bodies.add(text(((Message) message).getBody(byte[].class)));
            }
        });
        return bodies;
    }

    private static String text(byte[] document) {
        return new String(document, UTF_8);
    }
}
