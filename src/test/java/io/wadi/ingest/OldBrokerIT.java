package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.groups.GroupsAdmin;
import io.wadi.local.ChildJvm;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.EventLoad;
import io.wadi.testing.EventLoad.Receipt;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.OldKafka;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.StartedServers;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ingest, deduplication, landing, indexing and exactly-once routing on the oldest supported broker: Kafka 3.9. */
@Nightly(because = "needs a broker of the oldest supported version")
class OldBrokerIT {
    private static final String TOPIC = "old-broker";
    private static final String DEDUPLICATED = "old-broker-once";
    private static final String METRICS = "old-broker-metrics";
    private static final String CPU = METRICS + ".cpu";
    private static final String MEMORY = METRICS + ".memory";
    private static final String ALERT = METRICS + ".alert";
    private static final int EVENTS = 200;

    private static final String TOPICS = """
            topics:
              - {name: old-broker, partitions: 2, replication: 1, ingest: {over: [events], key: /number}}
              - name: old-broker-once
                partitions: 2
                replication: 1
                deduplicate: {within: 1h}
                ingest: {over: [events], key: /number}
              - {name: old-broker-metrics, partitions: 2, replication: 1, ingest: true}
              - {name: old-broker-metrics.cpu, partitions: 2, replication: 1}
              - {name: old-broker-metrics.memory, partitions: 2, replication: 1}
              - {name: old-broker-metrics.alert, partitions: 1, replication: 1}
              - {name: wadi.dead-letter, partitions: 1, replication: 1}
            """;

    @TempDir
    private static Path directory;

    private static OldKafka kafka;
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        kafka = OldKafka.start(Files.createDirectories(directory.resolve("kafka")));
        wadi = start(TOPIC, "classic", List.of("web-events", "landing", "indexing", "server-metrics"));
        await().atMost(ChildJvm.START_TIMEOUT)
                .until(() ->
                        Http.get(wadi.managementUrl() + "/observe/health/ready").statusCode() == 200);
    }

    private static RunningWadi start(String group, String protocol, List<String> routes) throws Exception {
        Path configuration = Files.createDirectories(directory.resolve(group));
        Path topics = Files.writeString(configuration.resolve("topics.yaml"), TOPICS);
        Map<String, String> settings = new HashMap<>(Map.of(
                "wadi.kafka.brokers",
                kafka.brokers(),
                "wadi.kafka.group-protocol",
                protocol,
                "wadi.topics-file",
                topics.toString(),
                "wadi.ingest.acknowledgement-timeout",
                "60s",
                "wadi.deduplication.group",
                DEDUPLICATED,
                "wadi.landing.topics",
                TOPIC,
                "wadi.landing.group",
                group,
                "wadi.landing.directory",
                "/" + group,
                "wadi.landing.roll-interval",
                "1s"));
        settings.putAll(Map.of(
                "wadi.indexing.topic", TOPIC,
                "wadi.indexing.index", group,
                "wadi.indexing.group", group + "-indexing",
                "wadi.metrics.exactly-once", "true",
                "wadi.metrics.topic", METRICS,
                "wadi.metrics.group", METRICS,
                "wadi.metrics.cpu-topic", CPU,
                "wadi.metrics.memory-topic", MEMORY,
                "wadi.metrics.cpu-alert-topic", ALERT,
                "wadi.metrics.memory-alert-topic", ALERT));
        return RunningWadi.startRoutes(configuration, routes, settings);
    }

    @AfterAll
    static void stop() throws Exception {
        StartedServers.close(wadi, kafka);
    }

    /** The consumer protocol is a preview in Kafka 3.9, and disabled. */
    @Test
    void consumersWithTheConsumerProtocol_reportThatTheBrokerDoesNotSupportIt() throws Exception {
        try (RunningWadi refused = start(TOPIC + "-consumer-protocol", "consumer", List.of("landing"))) {
            await().atMost(ChildJvm.START_TIMEOUT)
                    .untilAsserted(() -> assertThat(Http.get(refused.managementUrl() + "/observe/health")
                                    .body())
                            .contains(
                                    "\"name\":\"wadi-consumers\",\"status\":\"DOWN\"",
                                    "landing: polls fail since ",
                                    "The cluster does not support the new CONSUMER group protocol"));
        }
    }

    @Test
    void events_getReceipts_andAreLandedAndIndexedOnce() throws Exception {
        Map<Integer, Receipt> receipts;
        try (EventLoad load = EventLoad.start(wadi.eventsPort(), TOPIC, 4, 50, new AtomicInteger())) {
            await().atMost(ChildJvm.START_TIMEOUT).until(() -> load.receipts().size() >= EVENTS);
            load.close();
            receipts = load.receipts();
        }
        ReceiptCheck.check(kafka.brokers(), TOPIC, receipts);
        long records = records(TOPIC);
        assertThat(records).isGreaterThanOrEqualTo(receipts.size());
        await().atMost(ChildJvm.START_TIMEOUT).until(() -> HdfsProbe.coveredOffsets("/" + TOPIC, TOPIC) >= records);
        assertThat(HdfsProbe.landed("/" + TOPIC, TOPIC).stream()
                        .mapToLong(file -> file.lines().size())
                        .sum())
                .isEqualTo(records);
        ElasticsearchProbe elasticsearch =
                new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl());
        await().atMost(ChildJvm.START_TIMEOUT)
                .until(() -> elasticsearch.ids(TOPIC).size(), indexed -> indexed == records);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.brokers()))) {
            assertThat(new GroupsAdmin(admin).list())
                    .anySatisfy(group -> assertThat(group)
                            .extracting(GroupsAdmin.Listed::group, GroupsAdmin.Listed::type)
                            .containsExactly(TOPIC, "Classic"));
        }
    }

    @Test
    void metrics_areRoutedOnce_inTransactions() throws Exception {
        HttpResponse<String> sent = post(
                METRICS,
                IntStream.range(0, EVENTS).mapToObj(OldBrokerIT::metric).collect(Collectors.joining("\n")),
                "Content-Type",
                "application/x-ndjson");
        assertThat(sent.statusCode()).as(sent.body()).isEqualTo(200);

        try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.brokers()))) {
            await().atMost(ChildJvm.START_TIMEOUT).until(() -> committed(admin) == EVENTS);
        }
        assertRoutedOnce(CPU, number -> number % 10 < 6);
        assertRoutedOnce(ALERT, number -> number % 10 < 3);
        assertRoutedOnce(MEMORY, number -> number % 10 >= 6);
    }

    private static long committed(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets(METRICS).partitionsToOffsetAndMetadata().get().values().stream()
                .mapToLong(OffsetAndMetadata::offset)
                .sum();
    }

    private static String metric(int number) {
        int kind = number % 10;
        return """
                {"@timestamp":"2026-11-20T01:00:00.000Z","metricset":{"name":"%s"},\
                "host":{"name":"web-%d","id":"n-%d"},"system":{%s}}""".formatted(
                        kind < 6 ? "cpu" : "memory",
                        number % 3,
                        number,
                        kind < 6
                                ? "\"cpu\":{\"total\":{\"norm\":{\"pct\":%s}}}".formatted(kind < 3 ? "0.9" : "0.1")
                                : "\"memory\":{\"actual\":{\"used\":{\"pct\":0.3}}}");
    }

    private static void assertRoutedOnce(String topic, IntPredicate expected) throws Exception {
        List<Integer> numbers =
                IntStream.range(0, EVENTS).filter(expected).boxed().toList();
        // The offsets can be visible before the transaction is complete in each topic.
        await().untilAsserted(() -> assertThat(values(topic).stream()
                        .map(value -> Integer.valueOf(value.replaceFirst("(?s).*\"n-(\\d+)\".*", "$1"))))
                .as(topic)
                .containsExactlyInAnyOrderElementsOf(numbers));
        assertThat(records(topic))
                .as("records and transaction markers of " + topic)
                .isGreaterThan(numbers.size());
    }

    @Test
    void repeatedEventsOfADeduplicatedTopic_getTheReceiptOfTheFirst_andAreStoredOnce() throws Exception {
        List<String> events =
                IntStream.range(0, 20).mapToObj("{\"number\":%d}"::formatted).toList();
        for (String event : events) {
            HttpResponse<String> first = postWithId(event);
            HttpResponse<String> again = postWithId(event);
            assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
            assertThat(again.body()).isEqualTo(first.body());
        }
        assertThat(values(DEDUPLICATED)).containsExactlyInAnyOrderElementsOf(events);
    }

    private static HttpResponse<String> postWithId(String event) throws IOException, InterruptedException {
        String id = event.replaceAll("\\D", "");
        return post(DEDUPLICATED, event, "Content-Type", "application/json", "Idempotency-Key", id);
    }

    private static HttpResponse<String> post(String topic, String body, String... headers)
            throws IOException, InterruptedException {
        return Http.post(wadi.eventsUrl() + "/events/" + topic, body.getBytes(UTF_8), headers);
    }

    /** Returns the values of the committed records of a topic. */
    private static List<String> values(String topic) {
        List<String> values = new ArrayList<>();
        KafkaProbe.forEach(kafka.brokers(), topic, found -> values.add(new String(found.value(), UTF_8)));
        return values;
    }

    /** Returns the number of offsets of a topic, including those of transaction markers. */
    private static long records(String topic) throws Exception {
        return TopicProbe.ends(kafka.brokers(), topic).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }
}
