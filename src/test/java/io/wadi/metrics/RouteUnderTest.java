package io.wadi.metrics;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.component.mock.MockComponent;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * One shipped route file, run as it is, except that its source is fed by the test and each Kafka topic it sends to is a
 * mock: this is about the route's logic, not about Kafka.
 */
final class RouteUnderTest implements AutoCloseable {
    private static final String SOURCE = "direct:source";

    private final String id;
    private final DefaultCamelContext camel = new DefaultCamelContext();

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
        camel.getRegistry().bind("metric-document", new MetricDocumentReader());
        camel.getRegistry().bind("metric-alert", new MetricAlert());
        camel.getRegistry()
                .bind(
                        "host-metrics",
                        new HostMetrics(Clock.systemUTC(), List.of("cpu", "memory", "load", "filesystem", "network")));
        camel.addComponent("kafka", topics());
        camel.addRoutesConfigurations(deadLetters());
        PluginHelper.getRoutesLoader(camel)
                .loadRoutes(ResourceHelper.fromString(
                        id + ".camel.yaml", edit.apply(Files.readString(Path.of("routes", id + ".camel.yaml")))));
    }

    private static MockComponent topics() {
        MockComponent topics = new MockComponent();
        topics.setAutowiredEnabled(false); // its options would be looked up as those of the real kafka component
        return topics;
    }

    private static RouteConfigurationBuilder deadLetters() {
        return new RouteConfigurationBuilder() {
            @Override
            public void configuration() {
                routeConfiguration("dead-letters")
                        .onException(Exception.class)
                        .handled(true)
                        .to("mock:dead-letters");
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

    void send(byte[] value, Map<String, Object> headers) {
        camel.createFluentProducerTemplate()
                .to(SOURCE)
                .withBody(value)
                .withHeaders(headers)
                .send();
    }

    void send(byte[] value) {
        send(value, Map.of());
    }

    MockEndpoint topic(String name) {
        return camel.getEndpoints().stream()
                .filter(endpoint -> endpoint.getEndpointUri().split("\\?", 2)[0].equals("kafka://" + name))
                .map(MockEndpoint.class::cast)
                .findFirst()
                .orElseThrow();
    }

    List<byte[]> values(String topic) {
        return topic(topic).getExchanges().stream()
                .map(exchange -> (byte[]) exchange.getMessage().getBody())
                .toList();
    }

    /** What reached the shared error handling. */
    List<Exchange> refused() {
        return camel.getEndpoint("mock:dead-letters", MockEndpoint.class).getExchanges();
    }

    @Override
    public void close() {
        camel.stop();
    }
}
