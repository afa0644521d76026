package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Limits of deduplication: a full state, the end of the window, replayed dead letters, open transactions. */
class DeduplicationLimitsIT {
    private static final String DEAD_LETTERS = "dl-dead-letters";
    private static final String SHARED = """
              - {name: dl-dead-letters, partitions: 1, replication: 1}
              - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
            """;
    private static final String TOPICS = """
            topics:
              - {name: dl-short, partitions: 1, replication: 1, deduplicate: {within: 1s}, ingest: {over: [events]}}
              - {name: dl-replay, partitions: 2, replication: 1, deduplicate: {within: 1h}, ingest: {over: [events]}}
              - {name: dl-open, partitions: 1, replication: 1, deduplicate: {within: 1h}, ingest: {over: [events]}}
              - {name: dl-foreign, partitions: 1, replication: 1, deduplicate: {within: 1h}, ingest: {over: [events]}}
            """ + SHARED;
    private static final String FULL = """
            topics:
              - {name: dl-full, partitions: 1, replication: 1, deduplicate: {within: 1h}, ingest: {over: [events]}}
            """ + SHARED;

    @TempDir
    private static Path directory;

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        wadi = start("dl", TOPICS, "1000");
    }

    private static RunningWadi start(String group, String topics, String maxIds) throws Exception {
        return RunningWadi.startIngest(Map.of(
                "wadi.topics-file",
                Files.writeString(directory.resolve(group + ".yaml"), topics).toString(),
                "wadi.deduplication.group",
                group,
                "wadi.deduplication.max-ids",
                maxIds,
                "wadi.dead-letters.topic",
                DEAD_LETTERS,
                "wadi.ingest.acknowledgement-timeout",
                "5s"));
    }

    @Test
    @Nightly(perChange = {"IdLimitTest", "InboxSenderTest#fullState_isARetriableFailure_andNamesTheSetting"})
    void idLimitOfAClient_rejectsNewIds_andStillAnswersRetries() throws Exception {
        try (RunningWadi small = start("dl-full", FULL, "4")) {
            JsonNode first = stored(small, "dl-full", "1", "{\"n\":1}");
            stored(small, "dl-full", "2", "{\"n\":2}");

            await().untilAsserted(() -> {
                HttpResponse<String> refused = post(small, "dl-full", "3", "{\"n\":3}");
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(refused.body())
                        .contains(
                                "the event is not stored, the limit of ids of one client is reached (wadi.deduplication.max-ids)");
            });
            assertThat(stored(small, "dl-full", "1", "{\"n\":1}")).isEqualTo(first);
        }
        assertThat(values("dl-full")).containsExactly("{\"n\":1}", "{\"n\":2}");

        try (RunningWadi larger = start("dl-full", FULL, "5")) {
            stored(larger, "dl-full", "3", "{\"n\":3}");
        }
        assertThat(values("dl-full")).containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
    }

    @Test
    void sameIdAfterTheWindow_isANewEvent() throws Exception {
        JsonNode first = stored(wadi, "dl-short", "1", "{\"n\":1}");

        await().until(() -> stored(wadi, "dl-short", "1", "{\"n\":1}"), again -> !again.equals(first));
    }

    @Test
    void replayedDeadLetters_areStoredOnce_andConflictsAreDeadLettersAgain() throws Exception {
        stored(wadi, "dl-replay", "1", "{\"n\":1}");
        deadLetter("{\"n\":1}", "~~1");
        deadLetter("{\"n\":2}", "~~2");
        deadLetter("{\"n\":2}", "~~2");
        deadLetter("{\"n\":9}", "~~1");
        deadLetter("{\"n\":3}", null);

        JsonNode result =
                Http.json(Http.send("POST", wadi.managementUrl() + "/api/dead-letters/replay?topic=dl-replay"));

        assertThat(result.path("replayed").asInt()).as(result.toString()).isEqualTo(4);
        assertThat(result.toString()).contains("the event has no id, which its topic requires");
        await().untilAsserted(
                        () -> assertThat(values("dl-replay")).containsExactlyInAnyOrder("{\"n\":1}", "{\"n\":2}"));
        await().untilAsserted(() -> assertThat(KafkaProbe.readAll(DEAD_LETTERS))
                .filteredOn(each -> String.valueOf(KafkaProbe.header(each, "__connect.errors.exception.message"))
                        .contains("another event has this id"))
                .singleElement()
                .satisfies(again -> assertThat(again.value()).asString(UTF_8).isEqualTo("{\"n\":9}")));
    }

    /** A former owner may have written answers in a transaction that is still open. */
    @Test
    void openTransaction_isAwaited_beforeIdsAreDecided() throws Exception {
        KafkaProbe.inTransaction("dl-open.receipts", former -> {
            former.send(new ProducerRecord<>("dl-open.receipts", "~~0".getBytes(UTF_8), "undecided".getBytes(UTF_8)))
                    .get();
            HttpResponse<String> late = post(wadi, "dl-open", "1", "{\"n\":1}");
            assertThat(late.statusCode()).as(late.body()).isEqualTo(503);
            assertThat(values("dl-open")).isEmpty();
            former.abortTransaction();
        });

        stored(wadi, "dl-open", "1", "{\"n\":1}");
        assertThat(values("dl-open")).containsExactly("{\"n\":1}");
    }

    @Test
    void recordOfAnotherProgramAmongTheAnswers_isIgnored() throws Exception {
        KafkaProbe.send(new ProducerRecord<>("dl-foreign.receipts", "no answers".getBytes(UTF_8)));

        JsonNode first = stored(wadi, "dl-foreign", "1", "{\"n\":1}");

        assertThat(stored(wadi, "dl-foreign", "1", "{\"n\":1}")).isEqualTo(first);
        assertThat(values("dl-foreign")).containsExactly("{\"n\":1}");
    }

    private static void deadLetter(String value, String id) throws Exception {
        ProducerRecord<byte[], byte[]> deadLetter = new ProducerRecord<>(DEAD_LETTERS, value.getBytes(UTF_8));
        deadLetter.headers().add("__connect.errors.topic", "dl-replay".getBytes(UTF_8));
        if (id != null) {
            deadLetter.headers().add("wadi-id", id.getBytes(UTF_8));
        }
        KafkaProbe.send(deadLetter);
    }

    /** Sends an event until it is stored, as clients do after a 503. */
    private static JsonNode stored(RunningWadi to, String topic, String id, String event) {
        return await().until(
                        () -> Http.json(post(to, topic, id, event))
                                .path("receipts")
                                .path(0),
                        receipt -> receipt.has("offset"));
    }

    private static HttpResponse<String> post(RunningWadi to, String topic, String id, String event)
            throws InterruptedException {
        try {
            return Http.post(
                    to.eventsUrl() + "/events/" + topic,
                    event.getBytes(UTF_8),
                    "Idempotency-Key",
                    id,
                    "Content-Type",
                    "application/json");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> values(String topic) {
        return KafkaProbe.readAll(topic).stream()
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }
}
