package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.local.Ports;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.StartedServers;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events with ids, sent over HTTP to two processes that share the flow. */
class DeduplicationIT {
    private static final String TOPICS = """
            topics:
              - name: dd-plain
                partitions: 3
                replication: 1
                deduplicate: {within: 1h}
                ingest: {over: [events], key: /customer}
              - name: dd-pointer
                partitions: 3
                replication: 1
                deduplicate: {within: 1h, id: /order/id}
                ingest: {over: [events, topics]}
              - name: dd-pass
                partitions: 1
                replication: 1
                deduplicate: {within: 1h, without-id: pass}
                ingest: {over: [events], headers: [x-tenant]}
              - {name: wadi.dead-letter, partitions: 1, replication: 1}
              - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
            """;

    private static RunningWadi wadi;
    private static RouteProcess other;
    private static String otherUrl;

    @TempDir
    private static Path directory;

    private static final int REJECTED = 20_000;

    @BeforeAll
    static void start() throws Exception {
        String topics =
                Files.writeString(directory.resolve("topics.yaml"), TOPICS).toString();
        wadi = RunningWadi.startIngest(Map.of(
                "wadi.topics-file",
                topics,
                "wadi.deduplication.group",
                "dd",
                "wadi.deduplication.consumers",
                "2",
                // Ingest accepts timestamps that Kafka rejects.
                "wadi.ingest.max-timestamp-ahead",
                "36500d",
                "wadi.ingest.acknowledgement-timeout",
                "60s"));
        int port = Ports.free();
        otherUrl = "http://localhost:" + port;
        other = RouteProcess.start(
                "web-events",
                line -> {},
                List.of(
                        "-Dwadi.http.port=" + port,
                        "-Dwadi.topics-file=" + topics,
                        "-Dwadi.deduplication.group=dd",
                        "-Dwadi.ingest.acknowledgement-timeout=60s"));
        other.awaitReady();
    }

    @AfterAll
    static void stop() throws Exception {
        StartedServers.close(other, wadi);
    }

    @Test
    void sameId_sentAgain_getsTheReceiptOfTheFirst() throws Exception {
        HttpResponse<String> first = post(wadi.eventsUrl(), "dd-plain", "{\"customer\":\"a\",\"n\":1}", "k1");
        HttpResponse<String> again = post(wadi.eventsUrl(), "dd-plain", "{\"customer\":\"a\",\"n\":1}", "k1");
        HttpResponse<String> elsewhere = post(otherUrl, "dd-plain", "{\"customer\":\"a\",\"n\":1}", "k1");

        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(elsewhere.body()).isEqualTo(first.body());
        ConsumerRecord<byte[], byte[]> record = record(receipts(first).get(0));
        assertThat(record.key()).isEqualTo("a".getBytes(UTF_8));
        assertThat(new String(record.value(), UTF_8)).isEqualTo("{\"customer\":\"a\",\"n\":1}");
        assertThat(KafkaProbe.header(record, "wadi-id")).isEqualTo("~~k1");
        assertThat(record.headers().toArray()).hasSize(1);
        assertThat(values("dd-plain", "\"n\":1}")).hasSize(1);
    }

    @Test
    void sameId_sentConcurrentlyToTwoInstances_isStoredOnce() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(16);
        try {
            List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                String url = i % 2 == 0 ? wadi.eventsUrl() : otherUrl;
                calls.add(() -> post(url, "dd-plain", "{\"customer\":\"b\",\"n\":2}", "k2"));
            }
            List<String> answers = new ArrayList<>();
            for (Future<HttpResponse<String>> answer : clients.invokeAll(calls)) {
                answers.add(answer.get().body());
            }
            assertThat(answers).hasSize(64).containsOnly(answers.get(0));
            assertThat(answers.get(0)).contains("\"offset\":");
            assertThat(values("dd-plain", "\"n\":2}")).hasSize(1);
        } finally {
            clients.shutdownNow();
        }
    }

    @Test
    void retryingClient_alsoAfterAStoppedInstance_getsOneReceiptPerEvent() throws Exception {
        String stopped = "http://localhost:" + Ports.free();
        String events = "{\"customer\":\"r\",\"n\":71}\n{\"customer\":\"s\",\"n\":72}\n{\"customer\":\"t\",\"n\":73}\n";

        CommandProcess first = send(events, stopped + " " + wadi.eventsUrl());
        CommandProcess again = send(events, stopped + " " + otherUrl);

        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out().lines()).hasSize(3).allMatch(line -> line.contains("\"offset\":"));
        assertThat(again.out()).as(again.err()).isEqualTo(first.out());
        assertThat(values("dd-plain", "\"n\":7")).hasSize(3);
    }

    /** Otherwise each event would be written to Kafka twice. */
    @Test
    void eventsUnderLoad_bypassTheInbox_andTheirRetriesGetTheSameReceipts() throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(16);
        try {
            int sent = 0;
            for (int round = 0; direct() == 0; round++) {
                assertThat(round).as("rounds without a direct event").isLessThan(100);
                List<Callable<HttpResponse<String>>> calls = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    calls.add(direct(wadi.eventsUrl(), sent));
                    calls.add(direct(otherUrl, sent));
                    sent++;
                }
                List<Future<HttpResponse<String>>> responses = clients.invokeAll(calls);
                for (int i = 0; i < responses.size(); i += 2) {
                    HttpResponse<String> response = responses.get(i).get();
                    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
                    assertThat(responses.get(i + 1).get().body()).isEqualTo(response.body());
                }
            }
            assertThat(values("dd-plain", "{\"customer\":\"direct\""))
                    .hasSize(sent)
                    .doesNotHaveDuplicates();
        } finally {
            clients.shutdownNow();
        }
    }

    private static Callable<HttpResponse<String>> direct(String url, int number) {
        return () ->
                post(url, "dd-plain", "{\"customer\":\"direct\",\"number\":%d}".formatted(number), "direct-" + number);
    }

    /** Returns the number of direct events of the first instance. */
    private static double direct() throws Exception {
        return Scrape.of(wadi).sum("wadi_deduplication_direct_events_total");
    }

    private static CommandProcess send(String events, String urls) throws Exception {
        Path lines = Files.writeString(directory.resolve("events.ndjson"), events);
        ProcessBuilder client =
                new ProcessBuilder("bash", "examples/retry/send.sh", "dd-plain", "till").redirectInput(lines.toFile());
        client.environment().put("URLS", urls);
        return CommandProcess.end(client);
    }

    @Test
    void sameId_forAnotherEvent_is409WithTheReceiptOfTheFirst() throws Exception {
        JsonNode first = receipts(post(wadi.eventsUrl(), "dd-plain", "{\"customer\":\"c\",\"n\":3}", "k3"))
                .get(0);

        HttpResponse<String> conflict = post(otherUrl, "dd-plain", "{\"customer\":\"c\",\"n\":4}", "k3");

        assertThat(conflict.statusCode()).isEqualTo(409);
        assertThat(receipts(conflict).get(0).get("first")).isEqualTo(first);
        assertThat(receipts(conflict).get(0).get("error").asText()).contains("another event has this id");
        assertThat(values("dd-plain", "\"n\":4}")).isEmpty();
    }

    @Test
    void batch_partlySentBefore_storesEachEventOnce() throws Exception {
        String one = "{\"customer\":\"d\",\"n\":50}";
        String all = "[" + one + ",{\"customer\":\"e\",\"n\":51},{\"customer\":\"f\",\"n\":52}]";
        JsonNode before =
                receipts(post(wadi.eventsUrl(), "dd-plain", "[" + one + ",{\"customer\":\"x\",\"n\":53}]", "k5"));

        HttpResponse<String> answer = post(otherUrl, "dd-plain", all, "k5");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        JsonNode receipts = receipts(answer);
        assertThat(receipts.get(0)).isEqualTo(before.get(0));
        assertThat(receipts.get(1).get("first")).isEqualTo(before.get(1));
        assertThat(new String(record(receipts.get(2)).value(), UTF_8)).contains("\"n\":52");
        assertThat(values("dd-plain", "\"n\":5")).hasSize(3);
    }

    @Test
    @Nightly(
            perChange = {"DeduplicationIT#batch_partlySentBefore_storesEachEventOnce", "InboxSenderTest", "AnswersTest"
            })
    void largeBatch_sentAgain_getsTheSameReceipts() throws Exception {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            lines.append("{\"customer\":\"")
                    .append(i % 100)
                    .append("\",\"large\":")
                    .append(i)
                    .append("}\n");
        }
        HttpResponse<String> first = post(wadi.eventsUrl(), "dd-plain", lines.toString(), "k6");
        HttpResponse<String> again = post(otherUrl, "dd-plain", lines.toString(), "k6");

        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(values("dd-plain", "\"large\":")).hasSize(20_000);
    }

    @Test
    void cloudEvent_isDeduplicatedBySourceAndId() throws Exception {
        String event = """
                {"specversion":"1.0","id":"7","source":"/shop","type":"order","data":{"customer":"g","cloud":1}}""";

        HttpResponse<String> first = cloudEvent(wadi.eventsUrl(), event);
        HttpResponse<String> again = cloudEvent(otherUrl, event);
        HttpResponse<String> elsewhere = cloudEvent(otherUrl, event.replace("/shop", "/store"));

        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(elsewhere.body()).isNotEqualTo(first.body());
        assertThat(values("dd-plain", "\"cloud\":1")).hasSize(2);
    }

    @Test
    void idAtThePointer_isUsed_alsoOverKafkaRest() throws Exception {
        String event = "{\"order\":{\"n\":[1],\"id\":17}}";
        JsonNode first =
                receipts(post(wadi.eventsUrl(), "dd-pointer", event, "any")).get(0);

        assertThat(receipts(post(otherUrl, "dd-pointer", event, "another")).get(0))
                .isEqualTo(first);
        HttpResponse<String> rest = Http.post(
                wadi.eventsUrl() + "/topics/dd-pointer",
                ("{\"records\":[{\"value\":" + event + "},{\"value\":{\"order\":{}}}]}").getBytes(UTF_8),
                "Content-Type",
                "application/vnd.kafka.json.v2+json");

        assertThat(rest.statusCode()).as(rest.body()).isEqualTo(200);
        JsonNode offsets = Http.json(rest).get("offsets");
        assertThat(offsets.get(0).get("partition")).isEqualTo(first.get("partition"));
        assertThat(offsets.get(0).get("offset")).isEqualTo(first.get("offset"));
        assertThat(offsets.get(1).get("error").asText()).contains("the event has no id; send /order/id in the event");
        assertThat(values("dd-pointer", "\"id\":17")).hasSize(1);
    }

    /** Kafka accepts such a record in the inbox, which uses log-append time, but not in the topic. */
    @Test
    @Nightly(
            perChange = {
                "DeduplicationSinkRandomTest",
                "InboxSenderTest#rejection_appliesOnlyToItsEvent_notToOthersWithTheSameId",
                "KafkaRestRouteIT#recordWithATimestampRejectedByKafka_isRejected"
            })
    void eventsWithTimestampsRejectedByKafka_areRejected_andOthersAreStored() throws Exception {
        long now = System.currentTimeMillis();
        String records = IntStream.range(0, REJECTED)
                .mapToObj(i -> "{\"value\":{\"order\":{\"id\":\"late-%d\"}},\"timestamp\":%d}"
                        .formatted(i, i % 50 == 7 ? now : 4_102_444_800_000L))
                .collect(Collectors.joining(","));

        HttpResponse<String> rest = Http.post(
                wadi.eventsUrl() + "/topics/dd-pointer",
                ("{\"records\":[" + records + "]}").getBytes(UTF_8),
                "Content-Type",
                "application/vnd.kafka.json.v2+json");

        assertThat(rest.statusCode()).as(rest.body()).isEqualTo(200);
        JsonNode offsets = Http.json(rest).get("offsets");
        assertThat(offsets).hasSize(REJECTED);
        for (int i = 0; i < REJECTED; i++) {
            JsonNode offset = offsets.get(i);
            if (i % 50 == 7) {
                assertThat(offset.path("offset").isNumber())
                        .as(offset.toString())
                        .isTrue();
            } else {
                assertThat(offset.path("error").asText()).contains("Kafka rejects it", "imestamp");
            }
        }
    }

    @Test
    void eventWithoutAnId_isRejectedOrStored_asConfigured() throws Exception {
        HttpResponse<String> refused = withoutKey("dd-plain", "{\"n\":8}");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("the event has no id; send the header Idempotency-Key, or a CloudEvent");

        for (int i = 0; i < 2; i++) {
            HttpResponse<String> passed = withoutKey("dd-pass", "{\"n\":9}");
            assertThat(passed.statusCode()).as(passed.body()).isEqualTo(200);
            assertThat(KafkaProbe.header(record(receipts(passed).get(0)), "x-tenant"))
                    .isEqualTo("t");
        }
        assertThat(values("dd-pass", "\"n\":9}")).hasSize(2);
    }

    @Test
    void foreignRecordsInTheInbox_areDeadLetters_andLaterEventsAreAnswered() throws Exception {
        List<RecordMetadata> sent = new ArrayList<>();
        for (int inbox = 0; inbox < 3; inbox++) {
            sent.add(sendToInbox(inbox, "wadi-inbox-partition", new byte[] {0, 0, 0, 99}));
            sent.add(sendToInbox(inbox, "wadi-inbox-partition", null));
            sent.add(sendToInbox(inbox, "wadi-inbox-timestamp", new byte[] {1}));
        }
        String events = "[{\"customer\":\"u\",\"n\":80},{\"customer\":\"v\",\"n\":81},{\"customer\":\"w\",\"n\":82}]";

        HttpResponse<String> later = post(wadi.eventsUrl(), "dd-plain", events, "k8");

        assertThat(later.statusCode()).as(later.body()).isEqualTo(200);
        assertThat(receipts(later)).hasSize(3);
        assertThat(values("dd-plain", "of another")).isEmpty();
        for (RecordMetadata each : sent) {
            await().untilAsserted(() -> assertThat(KafkaProbe.deadLetters(each, "deduplication"))
                    .as(each.toString())
                    .hasSize(1));
        }
    }

    private static RecordMetadata sendToInbox(int partition, String header, byte[] value) throws Exception {
        byte[] id = "~~other".getBytes(UTF_8);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>("dd-plain.inbox", partition, id, "of another".getBytes(UTF_8));
        record.headers().add("wadi-id", id).add(header, value);
        return KafkaProbe.send(record);
    }

    @Test
    void inboxTopics_areNotOpenOverHttp() throws Exception {
        assertThat(post(wadi.eventsUrl(), "dd-plain.inbox", "{}", "k").statusCode())
                .isEqualTo(404);
        assertThat(post(wadi.eventsUrl(), "dd-plain.receipts", "{}", "k").statusCode())
                .isEqualTo(404);
    }

    private static HttpResponse<String> post(String url, String topic, String body, String key)
            throws IOException, InterruptedException {
        return Http.post(
                url + "/events/" + topic,
                body.getBytes(UTF_8),
                "Idempotency-Key",
                key,
                "Content-Type",
                body.contains("}\n{") ? "application/x-ndjson" : "application/json");
    }

    private static HttpResponse<String> withoutKey(String topic, String body) throws IOException, InterruptedException {
        return Http.post(
                wadi.eventsUrl() + "/events/" + topic,
                body.getBytes(UTF_8),
                "Content-Type",
                "application/json",
                "X-Tenant",
                "t");
    }

    private static HttpResponse<String> cloudEvent(String url, String event) throws IOException, InterruptedException {
        return Http.post(
                url + "/events/dd-plain", event.getBytes(UTF_8), "Content-Type", "application/cloudevents+json");
    }

    private static JsonNode receipts(HttpResponse<String> answer) throws IOException {
        JsonNode receipts = Http.json(answer).get("receipts");
        assertThat(receipts).as("receipts of %s", answer.body()).isNotNull();
        return receipts;
    }

    private static ConsumerRecord<byte[], byte[]> record(JsonNode receipt) {
        return KafkaProbe.read(
                receipt.get("topic").asText(),
                receipt.get("partition").asInt(),
                receipt.get("offset").asLong());
    }

    /** Returns the values of the topic's committed records that contain a text. */
    private static List<String> values(String topic, String text) {
        return KafkaProbe.readAll(topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .filter(value -> value.contains(text))
                .toList();
    }
}
