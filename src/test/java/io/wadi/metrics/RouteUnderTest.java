package io.wadi.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.DeadLetters;
import io.wadi.kafka.Producers;
import io.wadi.kafka.Records;
import io.wadi.kafka.Runs;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.component.mock.MockComponent;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * One shipped route file, run as it is, except that its source is fed by the test and each Kafka topic it sends to is a
 * mock: this is about the route's logic, not about Kafka.
 */
final class RouteUnderTest implements AutoCloseable {
    private static final String SOURCE = "direct:source";

    private final String id;
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final MockProducer<Object, Object> letters = Producers.inMemory();

    /**
     * Loads {@code routes/<id>.camel.yaml} without starting it.
     *
     * @param settings in place of the shipped ones
     */
    RouteUnderTest(String id, Map<String, String> settings) throws Exception {
        this(id, settings, UnaryOperator.identity());
    }

    /** The same, of a file that somebody has edited. */
    RouteUnderTest(String id, Map<String, String> settings, UnaryOperator<String> edit) throws Exception {
        this.id = id;
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "wadi.metrics.topic", "metric.all",
                "wadi.metrics.group", "server-metrics",
                "wadi.metrics.cpu-topic", "metric.cpu",
                "wadi.metrics.memory-topic", "metric.memory",
                "wadi.metrics.cpu-alert-topic", "metric.cpu.alert",
                "wadi.metrics.memory-alert-topic", "metric.memory.alert",
                "wadi.metrics.cpu-threshold", "0.5",
                "wadi.metrics.memory-threshold", "0.9",
                "wadi.metrics.other-topic", ""));
        properties.putAll(Map.of(
                "wadi.metrics.consumers", "1",
                "wadi.metrics.exactly-once", "false",
                "wadi.host-metrics.enabled", "true",
                "wadi.host-metrics.every", "10s"));
        properties.putAll(settings);
        camel.getPropertiesComponent().setInitialProperties(properties);
        camel.getRegistry().bind("metric-documents", new MetricDocuments(new DeadLetters("letters", () -> letters)));
        camel.getRegistry().bind("drop-metrics", Processor.class, new DropMetrics(meters));
        camel.getRegistry()
                .bind(
                        "host-metrics",
                        new HostMetrics(Clock.systemUTC(), List.of("cpu", "memory", "load", "filesystem", "network")));
        camel.addComponent("kafka", topics());
        camel.addRoutesConfigurations(onFailure());
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(ResourceHelper.fromString(
                        id + ".camel.yaml", edit.apply(Files.readString(Path.of("routes", id + ".camel.yaml")))));
    }

    private static MockComponent topics() {
        MockComponent topics = new MockComponent();
        topics.setAutowiredEnabled(false); // its options would be looked up as those of the real kafka component
        return topics;
    }

    private static RouteConfigurationBuilder onFailure() {
        return new RouteConfigurationBuilder() {
            @Override
            public void configuration() {
                routeConfiguration("dead-letters")
                        .onException(Exception.class)
                        .handled(true)
                        .to("mock:failures");
            }
        };
    }

    /** Puts {@link #send} in the place of the route's source. */
    RouteUnderTest fedByTest() throws Exception {
        AdviceWith.adviceWith(camel, id, route -> route.replaceFromWith(SOURCE));
        return this;
    }

    void start() {
        camel.start();
    }

    DefaultCamelContext camel() {
        return camel;
    }

    /** Has the route take records with these values, null for one without, as the run of one partition. */
    void send(List<byte[]> values, Header... headers) {
        List<ConsumerRecord<byte[], ByteBuffer>> records = new ArrayList<>();
        for (byte[] value : values) {
            ConsumerRecord<byte[], ByteBuffer> each = new ConsumerRecord<>(
                    "metric.all", 0, records.size(), null, value == null ? null : Records.value(value));
            List.of(headers).forEach(each.headers()::add);
            records.add(each);
        }
        camel.createFluentProducerTemplate()
                .to(SOURCE)
                .withBody(Runs.of(records))
                .send();
    }

    void send(byte[] value, Header... headers) {
        send(Collections.singletonList(value), headers);
    }

    MockEndpoint topic(String name) {
        return camel.getEndpoints().stream()
                .filter(endpoint -> endpoint.getEndpointUri().split("\\?", 2)[0].equals("kafka://" + name))
                .map(MockEndpoint.class::cast)
                .findFirst()
                .orElseThrow();
    }

    /** What {@code kafka:} would send to a topic, record by record. */
    List<Message> records(String topic) {
        List<Message> records = new ArrayList<>();
        for (Exchange exchange : topic(topic).getExchanges()) {
            for (Object each : exchange.getMessage().getBody(Iterable.class)) {
                records.add((Message) each);
            }
        }
        return records;
    }

    List<byte[]> values(String topic) {
        return records(topic).stream().map(each -> (byte[]) each.getBody()).toList();
    }

    MeterRegistry meters() {
        return meters;
    }

    /** The dead letters, in their order. */
    List<ProducerRecord<Object, Object>> letters() {
        return letters.history();
    }

    /** What the shared error handling was asked to handle. */
    List<Exchange> failures() {
        return camel.getEndpoint("mock:failures", MockEndpoint.class).getExchanges();
    }

    @Override
    public void close() {
        camel.stop();
    }
}
