package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.FileRecords;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The producer settings of topics, as seen in the batches of Kafka's log and in the responses to senders. */
class TopicProducersIT {
    private static final String NDJSON = "application/x-ndjson";
    private static final String TOPICS = """
            topics:
              - name: select-color
                partitions: 1
                replication: 1
                receipts: none
                producer: {acks: 0}
                ingest: {over: [select, pixel], schema: color.json, invalid: dead-letter}
              - {name: tp-default, partitions: 1, replication: 1, ingest: true}
              - {name: tp-none, partitions: 1, replication: 1, producer: {compression: none}, ingest: true}
              - {name: tp-gzip, partitions: 1, replication: 1, producer: {compression: gzip}, ingest: true}
              - {name: tp-snappy, partitions: 1, replication: 1, producer: {compression: snappy}, ingest: true}
              - {name: tp-lz4, partitions: 1, replication: 1, producer: {compression: lz4}, ingest: true}
              - {name: tp-zstd, partitions: 1, replication: 1, producer: {compression: zstd}, ingest: true}
              - {name: tp-linger, partitions: 1, replication: 1, producer: {linger: 1s}, ingest: true}
              - {name: tp-round-robin, partitions: 4, replication: 1, partitioner: round-robin, ingest: {key: /id}}
              - name: tp-weak
                partitions: 2
                replication: 1
                receipts: none
                producer: {acks: 1, compression: none}
                ingest: {over: [events], schema: color.json, invalid: dead-letter}
              - name: tp-plain
                partitions: 1
                replication: 1
                receipts: none
                producer: {idempotence: false}
                ingest: {over: [events]}
              - {name: tp-strong, partitions: 1, replication: 1, receipts: none, producer: {acks: all}, ingest: {over: [events]}}
              - {name: tp-route, partitions: 1, replication: 1, producer: {compression: gzip}}
              - {name: wadi.dead-letter, partitions: 1, replication: 1, producer: {compression: zstd}}
              - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
            """;
    private static final String COLOR = """
            {"type":"object","properties":{"colorName":{"enum":["red","blue"]}}}
            """;
    private static final String ROUTE = """
            - route:
                id: copy
                errorHandler: {noErrorHandler: {}}
                from:
                  uri: "kafka:tp-default?groupId=tp-copy"
                  steps:
                    - to: {uri: "kafka:tp-route"}
            """;

    @AutoClose
    private static RunningWadi wadi;

    @TempDir
    private static Path directory;

    @BeforeAll
    static void start() throws Exception {
        Files.writeString(directory.resolve("color.json"), COLOR);
        Path topics = Files.writeString(directory.resolve("topics.yaml"), TOPICS);
        Files.createDirectory(directory.resolve("routes"));
        Files.writeString(directory.resolve("routes/copy.camel.yaml"), ROUTE);
        wadi = RunningWadi.startRoutes(
                directory,
                List.of("web-events", "kafka-rest", "pixel", "documents"),
                Map.of("wadi.topics-file", topics.toString()));
    }

    private static HttpResponse<String> post(String topic, String events) throws IOException, InterruptedException {
        return Http.post(wadi.eventsUrl() + "/events/" + topic, events.getBytes(UTF_8), "Content-Type", NDJSON);
    }

    /** Returns events that any codec compresses well. */
    private static String events(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{\"id\":\"same\",\"number\":%d,\"text\":\"%s\"}\n".formatted(i, "wadi ".repeat(40)))
                .collect(Collectors.joining());
    }

    @Test
    void deadLetterTopicWithoutReceipts_failsTheStart() {
        assertThatThrownBy(() -> start("- {name: wadi.dead-letter, partitions: 1, receipts: none}", Map.of()))
                .hasStackTraceContaining(
                        "topics.yaml: wadi.dead-letter: receipts is none, expected durable, since this is the"
                                + " dead-letter topic (wadi.dead-letters.topic)");
    }

    @Test
    void producersBeyondTheMemoryLimit_failTheStart() {
        String topics = IntStream.range(0, 7)
                .mapToObj(i ->
                        "  - {name: many-%1$d, partitions: 1, producer: {linger: %1$dms}, ingest: true}\n".formatted(i))
                .collect(Collectors.joining());

        assertThatThrownBy(() -> start(topics.strip(), Map.of("wadi.ingest.max-event", "16MiB")))
                .hasStackTraceContaining("topics.yaml: 7 distinct producer settings leave each producer a buffer of")
                .hasStackTraceContaining("expected at least 16842752 (wadi.ingest.max-event and 64 KiB)");
    }

    private static void start(String topics, Map<String, String> settings) throws Exception {
        Path file =
                Files.writeString(Files.createTempFile(directory, "topics", ".yaml"), "topics:\n  " + topics + "\n");
        Map<String, String> all = new HashMap<>(settings);
        all.put("wadi.topics-file", file.toString());
        RunningWadi.startIngest(all).close();
    }

    private record Batch(CompressionType compression, boolean hasProducerId) {}

    /** Returns the batches of a topic as the broker's log files have them. */
    private static List<Batch> stored(String topic) throws Exception {
        Path logs;
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers()))) {
            logs = Path.of(admin.describeLogDirs(List.of(1))
                    .allDescriptions()
                    .get()
                    .get(1)
                    .keySet()
                    .iterator()
                    .next());
        }
        assumeThat(logs).as("the broker is in a container").exists();
        List<Batch> batches = new ArrayList<>();
        // Only the topic's directories: the broker writes and renames files in the others meanwhile.
        try (DirectoryStream<Path> partitions = Files.newDirectoryStream(logs, topic + "-[0-9]*")) {
            for (Path partition : partitions) {
                try (DirectoryStream<Path> segments = Files.newDirectoryStream(partition, "*.log")) {
                    for (Path segment : segments) {
                        try (FileRecords records = FileRecords.open(segment.toFile(), false)) {
                            records.batches()
                                    .forEach(batch ->
                                            batches.add(new Batch(batch.compressionType(), batch.hasProducerId())));
                        }
                    }
                }
            }
        }
        return batches;
    }

    @ParameterizedTest
    @CsvSource({"tp-default, LZ4", "tp-none, NONE", "tp-gzip, GZIP", "tp-snappy, SNAPPY", "tp-lz4, LZ4", "tp-zstd, ZSTD"
    })
    void compression_isAppliedToStoredBatches(String topic, CompressionType compression) throws Exception {
        HttpResponse<String> answer = post(topic, events(20));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Http.json(answer).path("receipts")).hasSize(20);
        assertThat(stored(topic))
                .isNotEmpty()
                .allMatch(batch -> batch.compression() == compression)
                .allMatch(Batch::hasProducerId);
    }

    /** A batch waits for one second from its first event on, so that any duration limits the number of batches. */
    @Test
    void linger_collectsTheEventsOfConcurrentRequestsInABatch() throws Exception {
        long begun = System.nanoTime();
        List<CompletableFuture<Integer>> statuses = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            statuses.add(
                    CompletableFuture.supplyAsync(TopicProducersIT::postToLinger, task -> new Thread(task).start()));
        }
        assertThat(statuses).extracting(CompletableFuture::join).containsOnly(200);
        long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();

        // Kafka's client compares truncated milliseconds.
        assertThat(stored("tp-linger")).hasSizeBetween(1, (int) (millis / 999));
    }

    private static int postToLinger() {
        try {
            return post("tp-linger", "{\"a\":1}\n").statusCode();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Kafka's partitioner used to skip partitions at each new batch (KAFKA-9965), mostly if their number was even. */
    @Test
    void roundRobin_isEvenAcrossBatches_forAnyKey() throws Exception {
        assertThat(post("tp-round-robin", events(4000)).statusCode()).isEqualTo(200);

        assertThat(KafkaProbe.readAll("tp-round-robin"))
                .hasSize(4000)
                .allMatch(each -> new String(each.key(), UTF_8).equals("same"))
                .extracting(ConsumerRecord::partition)
                .satisfies(partitions -> assertThat(
                                partitions.stream().collect(Collectors.groupingBy(each -> each, Collectors.counting())))
                        .isEqualTo(Map.of(0, 1000L, 1, 1000L, 2, 1000L, 3, 1000L)));
        assertThat(stored("tp-round-robin").size()).isGreaterThan(4);
    }

    @ParameterizedTest
    @CsvSource({"tp-weak, false", "tp-plain, false", "tp-strong, true"})
    void withoutReceipts_responseIs202_withoutOffsets(String topic, boolean isIdempotent) throws Exception {
        HttpResponse<String> answer = post(topic, events(50));

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEqualTo("{\"receipts\":\"none\",\"events\":50,\"failed\":0,\"problems\":[]}");
        await().untilAsserted(() -> assertThat(KafkaProbe.readAll(topic)).hasSizeGreaterThanOrEqualTo(50));
        assertThat(stored(topic)).isNotEmpty().allMatch(batch -> batch.hasProducerId() == isIdempotent);
    }

    @Test
    void withoutReceipts_rejectionsAndDeadLettersAreReported() throws Exception {
        HttpResponse<String> answer = post("tp-weak", "{\"colorName\":\"red\"}\n{\"colorName\":\"green\"}\n");

        assertThat(answer.statusCode()).isEqualTo(202);
        JsonNode body = Http.json(answer);
        assertThat(body.path("receipts").asText()).isEqualTo("none");
        assertThat(body.path("problems")).singleElement().satisfies(problem -> {
            assertThat(problem.path("index").asInt()).isOne();
            assertThat(problem.path("pointer").asText()).isEqualTo("/colorName");
            assertThat(problem.path("invalid").asText()).isNotEmpty();
        });
        assertThat(stored("wadi.dead-letter"))
                .filteredOn(batch -> batch.compression() == CompressionType.ZSTD)
                .isNotEmpty()
                .allMatch(Batch::hasProducerId);
        HttpResponse<String> refused = post("tp-plain", "{\"a\":1}\nnot json\n");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(Http.json(refused).path("receipts").asText()).isEqualTo("none");
        assertThat(Http.json(refused).path("failed").asInt()).isOne();
    }

    @Test
    void withoutReceipts_eventInTheQuery_isAcceptedWithoutAnOffset() throws Exception {
        HttpResponse<String> answer = Http.get(wadi.eventsUrl() + "/api/select?user=alice&color=red");

        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(answer.body()).isEqualTo("{\"topic\":\"select-color\",\"receipts\":\"none\"}");
        HttpResponse<String> deadLetter = Http.get(wadi.eventsUrl() + "/api/select?user=alice&color=green");
        assertThat(deadLetter.statusCode()).isEqualTo(202);
        assertThat(Http.json(deadLetter).path("topic").asText()).isEqualTo("wadi.dead-letter");
        assertThat(Http.json(deadLetter).path("offset").isNumber()).isTrue();
        assertThat(Http.get(wadi.eventsUrl() + "/pixel.gif?colorName=red").statusCode())
                .isEqualTo(202);
        await().untilAsserted(
                        () -> assertThat(KafkaProbe.readAll("select-color")).hasSizeGreaterThanOrEqualTo(2));
    }

    @Test
    void route_sendsWithTheSettingsOfTheTopic() throws Exception {
        String url = wadi.eventsUrl() + "/topics/tp-default";
        HttpResponse<String> answer = Http.post(
                url,
                "{\"records\":[{\"value\":{\"a\":1}}]}".getBytes(UTF_8),
                "Content-Type",
                "application/vnd.kafka.json.v2+json");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Http.json(answer).path("offsets").get(0).path("offset").isNumber())
                .isTrue();
        await().untilAsserted(() -> assertThat(stored("tp-route"))
                .isNotEmpty()
                .allMatch(batch -> batch.compression() == CompressionType.GZIP));
    }
}
