package io.wadi.testing;

import static org.awaitility.Awaitility.await;

import io.wadi.Wadi;
import io.wadi.local.Ports;
import io.wadi.local.ServerPorts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The pipeline with its shipped routes and properties, in this JVM, on the test run's servers and free ports.
 * {@link Http} checks the responses of its event port.
 */
public final class RunningWadi implements AutoCloseable {
    /** Shared, because it compiles its schemas on first use. */
    private static final OpenApi EVENTS = OpenApi.shipped();

    private final Wadi wadi;
    private final String events;
    private final int management;

    private RunningWadi(Wadi wadi, String events, int management) {
        this.wadi = wadi;
        this.events = events;
        this.management = management;
    }

    /**
     * Starts a pipeline and returns when it is ready: its routes run and its topics are open.
     *
     * @param overrides the properties that differ from the shipped ones; servers and ports are set here
     */
    public static RunningWadi start(Map<String, String> overrides) throws Exception {
        return startConfigured(Path.of("."), overrides);
    }

    /**
     * Starts a pipeline with a configuration directory of the test. With a Kafka of the test, returns once the routes
     * run.
     */
    public static RunningWadi startConfigured(Path configuration, Map<String, String> overrides) throws Exception {
        ServerPorts servers = TestServers.shared().ports();
        Map<String, String> properties = new HashMap<>();
        properties.put("wadi.kafka.brokers", servers.kafkaBrokers());
        properties.put("wadi.hdfs.uri", servers.hdfsUri());
        properties.put("wadi.hdfs.web", "http://localhost:" + servers.hdfsWeb());
        properties.put("wadi.elasticsearch.hosts", servers.elasticsearchHosts());
        properties.put("wadi.landing.roll-interval", "1s");
        properties.put("wadi.landing.replication", "1");
        if (!overrides.containsKey("wadi.kafka.brokers")) {
            // A busy machine must not cause rejections by the shared Kafka.
            properties.put("wadi.ingest.acknowledgement-timeout", "20s");
        }
        properties.putAll(overrides);
        RunningWadi started = start(configuration, properties);
        if (!overrides.containsKey("wadi.kafka.brokers")) {
            started.awaitReady();
        }
        return started;
    }

    private void awaitReady() {
        try {
            await().until(
                            () -> Http.get(managementUrl() + "/observe/health/ready"),
                            ready -> ready.statusCode() == 200);
        } catch (ConditionTimeoutException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts a pipeline that lands and indexes only one topic of the test. The topic is declared beside the shipped
     * ones; groups and paths contain its name.
     *
     * @param configuration a directory without topics, to which they are written
     */
    public static RunningWadi startWithTopic(
            Path configuration, String topic, int partitions, Map<String, String> overrides) throws Exception {
        Path topics = configuration.resolve("topics.yaml");
        Files.writeString(
                topics,
                Files.readString(Path.of("topics.yaml"))
                        + "  - {name: %s, partitions: %d, replication: 1, ingest: true}%n"
                                .formatted(topic, partitions));
        Map<String, String> properties = new HashMap<>();
        properties.put("wadi.topics-file", topics.toString());
        properties.put("wadi.landing.topics", topic);
        properties.put("wadi.landing.group", topic + "-landing");
        properties.put("wadi.landing.directory", "/" + topic);
        properties.put("wadi.indexing.topic", topic);
        properties.put("wadi.indexing.index", topic);
        properties.put("wadi.indexing.group", topic + "-indexing");
        properties.put("wadi.metrics.group", topic + "-metrics");
        properties.putAll(overrides);
        return startConfigured(configuration, properties);
    }

    /** Starts a pipeline that only lands a topic; the group and the directory have the topic's name. */
    public static RunningWadi startLanding(String topic, Map<String, String> overrides) throws Exception {
        Map<String, String> properties = new HashMap<>(Map.of(
                "wadi.landing.topics", topic,
                "wadi.landing.group", topic,
                "wadi.landing.directory", "/" + topic));
        properties.putAll(overrides);
        return startRoutes(List.of("landing"), properties);
    }

    /** Starts a pipeline that only indexes a topic; the group and the index have the topic's name. */
    public static RunningWadi startIndexing(String topic, Map<String, String> overrides) throws Exception {
        Map<String, String> properties = new HashMap<>(Map.of(
                "wadi.indexing.topic", topic,
                "wadi.indexing.group", topic,
                "wadi.indexing.index", topic));
        properties.putAll(overrides);
        return startRoutes(List.of("indexing"), properties);
    }

    /** Starts a pipeline with the shipped route files of HTTP ingest and of error handling. */
    public static RunningWadi startIngest(Map<String, String> overrides) throws Exception {
        return startRoutes(List.of("web-events", "kafka-rest", "pixel", "documents"), overrides);
    }

    /** Starts a pipeline with some shipped route files, named without their ending, and that of error handling. */
    public static RunningWadi startRoutes(List<String> routes, Map<String, String> overrides) throws Exception {
        Path configuration = Files.createTempDirectory(Path.of("target"), String.join("-", routes) + "-");
        return startRoutes(configuration, routes, overrides);
    }

    /** Starts a pipeline with a configuration directory of the test, into which the route files are copied. */
    public static RunningWadi startRoutes(Path configuration, List<String> routes, Map<String, String> overrides)
            throws Exception {
        copyRoutes(configuration, routes);
        return startConfigured(configuration, overrides);
    }

    private static void copyRoutes(Path configuration, List<String> routes) throws IOException {
        Path directory = Files.createDirectories(configuration.resolve("routes"));
        for (String route : routes) {
            copyRoute(directory, route);
        }
        copyRoute(directory, "errors");
    }

    private static void copyRoute(Path directory, String name) throws IOException {
        String file = name + ".camel.yaml";
        Files.copy(Path.of("routes", file), directory.resolve(file), StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Starts a pipeline with only ingest, on a Kafka of the test.
     *
     * @param configuration an empty directory
     */
    public static RunningWadi startIngest(Path configuration, String brokers) throws Exception {
        return startIngest(configuration, brokers, Map.of());
    }

    /** Starts a pipeline with only ingest and with properties that differ from the shipped ones. */
    public static RunningWadi startIngest(Path configuration, String brokers, Map<String, String> overrides)
            throws Exception {
        copyRoutes(configuration, List.of("web-events", "kafka-rest"));
        Map<String, String> properties = new HashMap<>(overrides);
        properties.put("wadi.kafka.brokers", brokers);
        return start(configuration, properties);
    }

    /** Starts the shipped pipeline on servers of the test, all of which the properties name. */
    public static RunningWadi startOn(Map<String, String> servers) throws Exception {
        return start(Path.of("."), servers);
    }

    private static RunningWadi start(Path configuration, Map<String, String> overrides) throws Exception {
        int http = Ports.free();
        Map<String, String> properties = new HashMap<>();
        properties.put("wadi.http.port", Integer.toString(http));
        properties.put("wadi.management.port", Integer.toString(Ports.free()));
        properties.put("wadi.host-metrics.enabled", "false");
        properties.put("wadi.alerts.enabled", "false");
        properties.putAll(overrides);
        Wadi wadi = new Wadi(configuration, properties);
        try {
            wadi.start();
        } catch (Exception e) {
            wadi.close();
            throw e;
        }
        Http.describe(http, EVENTS);
        String scheme = properties.containsKey("wadi.http.tls-certificate") ? "https" : "http";
        return new RunningWadi(
                wadi, scheme + "://localhost:" + http, Integer.parseInt(properties.get("wadi.management.port")));
    }

    /** Returns the URL of the event port. */
    public String eventsUrl() {
        return events;
    }

    /** Returns the event port. */
    public int eventsPort() {
        return URI.create(events).getPort();
    }

    /** Returns the URL of the management port. */
    public String managementUrl() {
        return "http://localhost:" + management;
    }

    @Override
    public void close() {
        Http.forget(eventsPort());
        wadi.close();
    }
}
