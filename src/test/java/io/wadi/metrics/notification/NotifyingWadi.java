package io.wadi.metrics.notification;

import io.wadi.metrics.notification.AlertRecords.Written;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * A pipeline with only the shipped {@code routes/alert-notifications.camel.yaml}, on the Kafka of the test run and a
 * topic of its own.
 */
final class NotifyingWadi implements AutoCloseable {
    private final Path configuration;
    private final String topic = "alerts-" + UUID.randomUUID();
    private final Map<String, String> settings = new HashMap<>();
    private RunningWadi running;

    /** Creates the topic; does not start the pipeline. */
    NotifyingWadi(Path directory, Map<String, String> settings) throws Exception {
        configuration = Files.createTempDirectory(directory, "wadi");
        Path routes = Files.createDirectories(configuration.resolve("routes"));
        for (String route : new String[] {"alert-notifications.camel.yaml", "errors.camel.yaml"}) {
            Files.copy(Path.of("routes", route), routes.resolve(route));
        }
        TopicProbe.create(topic, 1, Map.of("cleanup.policy", "compact"));
        this.settings.put("wadi.alerts.topic", topic);
        this.settings.put("wadi.alerts.webhook.resend-interval", "1s");
        this.settings.putAll(settings);
    }

    String topic() {
        return topic;
    }

    void start() throws Exception {
        running = RunningWadi.startConfigured(configuration, settings);
    }

    void stop() {
        if (running != null) {
            running.close();
            running = null;
        }
    }

    /** Writes changes to the topic together and waits for their acknowledgment. */
    void write(Written... changes) {
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            for (Written each : changes) {
                producer.send(each.in(topic));
            }
        }
    }

    /** Returns the value of a meter as exposed to Prometheus, or NaN if it is absent. */
    double meter(String name, String... labels) throws Exception {
        return Scrape.of(running).sum(name, labels);
    }

    @Override
    public void close() {
        stop();
    }
}
