package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.ElasticsearchProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code ./wadi complete}, {@code GET /watermarks} and their metric, with a pipeline of landing and indexing. */
@Execution(ExecutionMode.CONCURRENT)
class CompleteCommandIT {
    private static final Map<String, String> APPEND_TIME = Map.of("message.timestamp.type", "LogAppendTime");
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @TempDir
    private Path configuration;

    private static Map<String, String> groups(String topic) {
        return Map.of(
                "wadi.landing.topics",
                topic,
                "wadi.landing.group",
                topic + "-landing",
                "wadi.landing.directory",
                "/" + topic,
                "wadi.landing.time-buckets",
                "hour",
                "wadi.indexing.topic",
                topic,
                "wadi.indexing.index",
                topic,
                "wadi.indexing.group",
                topic + "-indexing",
                "wadi.completeness.interval",
                "1s");
    }

    private CommandProcess complete(String topic, String... words) throws Exception {
        return TestedCommand.onServers("complete", configuration, groups(topic)).inThisJvm(words);
    }

    private static RunningWadi pipeline(String topic) throws Exception {
        return RunningWadi.startRoutes(List.of("landing", "indexing"), groups(topic));
    }

    private static void send(String topic, int partition, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            KafkaProbe.send(new ProducerRecord<>(topic, partition, null, ("{\"n\":" + i + "}").getBytes(UTF_8)));
        }
    }

    private static JsonNode watermarks(RunningWadi wadi, String path) throws Exception {
        HttpResponse<String> response = Http.get(wadi.managementUrl() + "/watermarks/" + path);
        return response.statusCode() == 200
                ? Http.json(response).get("targets")
                : new ObjectMapper().createObjectNode();
    }

    private static void awaitState(RunningWadi wadi, String path, String target, String state) {
        await().atMost(TIMEOUT)
                .until(() -> watermarks(wadi, path)
                        .path(target)
                        .path("state")
                        .asText()
                        .equals(state));
    }

    @Test
    void emptyTopic_isIndexedBeforeItsIndexExists() throws Exception {
        String topic = "complete-empty";
        TopicProbe.create(topic, 1, APPEND_TIME);

        CommandProcess complete = complete(
                topic, topic, "--before", Instant.now().minusSeconds(60).toString(), "--target", "indexed");

        assertThat(complete.code()).as(complete.err()).isZero();
    }

    @Test
    void topicWithAppendTimes_isCompleteOnceAllRecordsAreLandedAndIndexed() throws Exception {
        String topic = "complete-append";
        TopicProbe.create(topic, 2, APPEND_TIME);
        send(topic, 0, 20);
        Instant before = Instant.now();

        CommandProcess early = complete(topic, "TOPIC", "--before", before.toString());
        CommandProcess behind = complete(topic, topic, "--before", before.toString(), "--json");
        CommandProcess proven;
        try (RunningWadi wadi = pipeline(topic)) {
            proven = complete(topic, topic, "--before", before.toString(), "--target", "all", "--wait", "2m");

            assertThat(HdfsProbe.ranges("/" + topic, topic).get(0).lastEntry().getValue())
                    .isEqualTo(19);
            assertThat(new ElasticsearchProbe(
                                    "http://" + TestServers.shared().ports().elasticsearchHosts())
                            .request("GET", "/" + topic + "/_count", "")
                            .get("count")
                            .asInt())
                    .isEqualTo(20);
            awaitState(wadi, topic, "landed", "complete");
            JsonNode landed = watermarks(wadi, topic).get("landed");
            assertThat(landed.get("basis").asText()).isEqualTo("append-time");
            assertThat(landed.get("markers").asText()).isEqualTo("written");
            assertThat(landed.get("lag").asInt()).isZero();
            assertThat(Instant.parse(landed.get("watermark").asText())).isAfter(before.minusSeconds(1));
            await().atMost(TIMEOUT)
                    .until(() -> Scrape.of(wadi)
                                    .sum("wadi_complete_until_timestamp_seconds", "topic", topic, "target", "indexed")
                            > before.getEpochSecond());
            assertThat(Scrape.of(wadi).samples().stream()
                            .filter(each -> each.name().equals("wadi_complete_until_timestamp_seconds"))
                            .map(each -> each.labels().get("topic")))
                    .containsOnly(topic);
            assertThat(Http.get(wadi.managementUrl() + "/watermarks/no-such-topic")
                            .statusCode())
                    .isEqualTo(404);
            assertThat(Http.get(wadi.managementUrl() + "/watermarks/" + topic, "Topic", "other")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(Http.get(wadi.managementUrl() + "/watermarks/" + topic + "?accept-expired=1")
                            .statusCode())
                    .isEqualTo(400);
            assertThat(Http.get(wadi.managementUrl() + "/watermarks/" + topic + "?accept_expired=true")
                            .body())
                    .contains("unknown parameter accept_expired; expected accept-expired; did you mean");
        }

        assertThat(early.code()).isEqualTo(2);
        assertThat(early.err())
                .isEqualTo(
                        "Topic TOPIC is not configured to be landed: expected it in wadi.landing.topics; for a topic of"
                                + " another route, set this and the route's group\n");
        assertThat(behind.code()).isEqualTo(1);
        JsonNode report = new ObjectMapper().readTree(behind.out());
        assertThat(report.get("outcome").asText()).isEqualTo("not-yet");
        assertThat(report.get("targets").get("landed").get("firstPending").asText())
                .isEqualTo(topic + "-0@0");
        assertThat(proven.out())
                .isEqualTo(("%s: every record appended before %s is landed (append-time)%n"
                                + "%s: every record appended before %s is indexed (append-time)%n")
                        .formatted(topic, before, topic, before));
        assertThat(proven.code()).isZero();
    }

    @Test
    @Nightly(
            perChange = {
                "CompletenessTimestampsIT#producerTimestamps_watermarkFollowsObservedEndOffsets",
                "TopicProgressTest"
            })
    void topicWithProducerTimestamps_isCompleteByItsObservedEndOffsets() throws Exception {
        String topic = "complete-observed";
        TopicProbe.create(topic, 2);
        send(topic, 1, 20);
        Instant before = Instant.now();

        try (RunningWadi wadi = pipeline(topic)) {
            CommandProcess proven = complete(topic, topic, "--before", before.toString(), "--wait", "2m");

            assertThat(proven.out())
                    .isEqualTo("%s: every record appended before %s is landed (observed)%n".formatted(topic, before));
            assertThat(proven.code()).isZero();
            assertThat(HdfsProbe.ranges("/" + topic, topic).get(1).lastEntry().getValue())
                    .isEqualTo(19);
            awaitState(wadi, topic, "landed", "complete");
            assertThat(watermarks(wadi, topic).get("landed").get("markers").asText())
                    .startsWith("not written: the topic's timestamps are set by senders");
            assertThat(watermarks(wadi, topic).get("indexed").has("markers")).isFalse();
        }
    }

    @Test
    @Nightly(
            perChange = {
                "CompletenessOnKafkaIT#recordsDeletedBeforeLanding_isUnknownWithTheRanges",
                "TopicProgressTest",
                "ExpiredRangesTest"
            })
    void recordsDeletedBeforeLanding_areUnknownUnlessAccepted() throws Exception {
        String topic = "complete-expired";
        TopicProbe.create(topic, 1, APPEND_TIME);
        send(topic, 0, 10);
        try (RunningWadi wadi = pipeline(topic)) {
            awaitState(wadi, topic, "landed", "complete");
            awaitState(wadi, topic, "indexed", "complete");
        }
        send(topic, 0, 10);
        TopicProbe.delete(new TopicPartition(topic, 0), 15);
        Instant before = Instant.now();

        CommandProcess unknown = complete(topic, topic, "--before", before.toString());
        try (RunningWadi wadi = pipeline(topic)) {
            // Both targets continue after the gap, and their commits record it.
            CommandProcess accepted = complete(
                    topic, topic, "--before", before.toString(), "--target", "all", "--accept-expired", "--wait", "2m");
            assertThat(accepted.code()).as(accepted.err()).isZero();
            for (String target : List.of("landed", "indexed")) {
                awaitState(wadi, topic + "?accept-expired=true", target, "complete");
                JsonNode watermark = watermarks(wadi, topic).get(target);
                assertThat(watermark.get("state").asText()).isEqualTo("unknown");
                assertThat(watermark.get("watermark").isNull()).isTrue();
                assertThat(watermark.get("expired").toString())
                        .isEqualTo("[{\"partition\":0,\"first\":10,\"last\":14}]");
                await().atMost(TIMEOUT)
                        .until(() -> Scrape.of(wadi)
                                        .sum("wadi_complete_until_timestamp_seconds", "topic", topic, "target", target)
                                == 0);
            }
            // Further commits still record the gap.
            send(topic, 0, 3);
            assertThat(complete(
                                    topic,
                                    topic,
                                    "--before",
                                    Instant.now().toString(),
                                    "--target",
                                    "indexed",
                                    "--accept-expired",
                                    "--wait",
                                    "2m")
                            .code())
                    .isZero();
        }
        CommandProcess traced = complete(topic, topic, "--before", before.toString(), "--target", "indexed");

        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.out())
                .isEqualTo(("%s: cannot determine what is landed: Kafka deleted records before they were landed: the"
                                + " first are %s-0@10 to 14%n")
                        .formatted(topic, topic));
        assertThat(traced.code()).isEqualTo(2);
        assertThat(traced.out()).contains(topic + "-0@10 to 14");
    }

    @Test
    void invalidArguments_areRejected() throws Exception {
        TopicProbe.create("complete-arguments", 1, APPEND_TIME);
        Instant future = Instant.now().plusSeconds(3600);

        CommandProcess inFuture = complete("complete-arguments", "complete-arguments", "--before", future.toString());
        CommandProcess noTopic = complete("complete-gone", "complete-gone", "--before", "1h");
        CommandProcess noTime = complete("complete-arguments", "complete-arguments");
        CommandProcess noTarget =
                complete("complete-arguments", "complete-arguments", "--before", "1h", "--target", "mailed");
        CommandProcess minutes = complete("complete-arguments", "complete-arguments", "--before", "2026-11-23T10:00Z");

        assertThat(inFuture.code()).isEqualTo(2);
        assertThat(inFuture.err()).startsWith("--before is in the future, " + future);
        assertThat(noTopic.code()).isEqualTo(2);
        assertThat(noTopic.err()).isEqualTo("There is no topic complete-gone\n");
        assertThat(noTime.code()).isEqualTo(2);
        assertThat(noTime.err()).startsWith("--before is missing");
        assertThat(noTarget.code()).isEqualTo(2);
        assertThat(noTarget.err()).startsWith("--target is \"mailed\", expected landed, indexed or all");
        // An empty topic is complete.
        assertThat(minutes.code()).as(minutes.err()).isZero();
    }

    /** As with a topic that a route for a pattern of topics indexes: the command does not read route files. */
    @Test
    void targetOfOtherRoutes_isReportedAsNotChecked() throws Exception {
        String topic = "complete-landed-only";
        TopicProbe.create(topic, 1, APPEND_TIME);
        Map<String, String> settings = new HashMap<>(groups(topic));
        settings.put("wadi.indexing.topic", "complete-other");

        CommandProcess ended = TestedCommand.onServers("complete", configuration, settings)
                .inThisJvm(topic, "--before", "1h", "--target", "all", "--json");

        assertThat(ended.code()).as(ended.err()).isZero();
        JsonNode report = new ObjectMapper().readTree(ended.out());
        assertThat(report.get("notChecked").toString()).isEqualTo("[\"indexed\"]");
        assertThat(report.get("targets").has("indexed")).isFalse();
        assertThat(ended.err())
                .isEqualTo("Not checked: Topic complete-landed-only is not configured to be indexed: expected it in"
                        + " wadi.indexing.topic; for a topic of another route, set this and the route's group\n");
    }

    /** Until then it is unknown whether the records that Kafka deleted had landed. */
    @Test
    void groupWithoutACommit_isAwaited() throws Exception {
        String topic = "complete-first";
        TopicProbe.create(topic, 1, APPEND_TIME);
        send(topic, 0, 10);
        TopicProbe.delete(new TopicPartition(topic, 0), 5);
        Instant before = Instant.now();

        CommandProcess unknown = complete(topic, topic, "--before", before.toString());
        CompletableFuture<CommandProcess> awaited = CompletableFuture.supplyAsync(() -> {
            try {
                return complete(topic, topic, "--before", before.toString(), "--wait", "2m");
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
        try (RunningWadi wadi = pipeline(topic)) {
            assertThat(awaited.get().code()).as(awaited.get().err()).isZero();
        }

        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.out()).contains("the first are complete-first-0@0 to 4");
    }

    /** The time is in the future, but before the end of the wait. */
    @Test
    void timeWithinTheWaitTimeout_isAwaited() throws Exception {
        TopicProbe.create("complete-soon", 1);
        String waiting = "Waiting: complete-soon: landed until ";
        Instant soon;
        CommandProcess ended;
        int seconds = 1;
        do {
            // A slow machine may start the command after the time, and then it does not wait.
            seconds *= 2;
            soon = Instant.now().plusSeconds(seconds);
            ended = complete("complete-soon", "complete-soon", "--before", soon.toString(), "--wait", "2m");
        } while (ended.code() == 0 && !ended.err().contains(waiting) && seconds < 60);

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).contains(waiting);
        assertThat(Instant.now()).isAfter(soon);
    }
}
