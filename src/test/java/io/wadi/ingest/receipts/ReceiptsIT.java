package io.wadi.ingest.receipts;

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
import io.wadi.testing.Scrape;
import io.wadi.testing.TestServers;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code routes/receipts.camel.yaml} as shipped, from events to landed files and documents, on real servers. */
class ReceiptsIT extends ReceiptsTestSupport {
    @Test
    void receipt_reportsTheFileAndTheDocumentOfAnEvent() throws Exception {
        String receipt = send(TOPIC, "{\"name\":\"found\"}");

        JsonNode found = whenFinal(receipt);

        ConsumerRecord<byte[], byte[]> stored = KafkaProbe.read(TOPIC, 0, offset(receipt));
        assertThat(Instant.parse(found.at("/kafka/timestamp").asText()).toEpochMilli())
                .isEqualTo(stored.timestamp());
        assertThat(found.at("/landed/state").asText()).isEqualTo("landed");
        String file = found.at("/landed/file").asText();
        assertThat(HdfsProbe.list(file.substring(0, file.lastIndexOf('/'))))
                .contains(file.substring(file.lastIndexOf('/') + 1));
        assertThat(Instant.parse(found.at("/landed/at").asText())).isAfter(Instant.ofEpochMilli(stored.timestamp()));
        assertThat(found.at("/indexed/state").asText()).isEqualTo("indexed");
        assertThat(found.at("/indexed/index").asText()).isEqualTo(TOPIC);
        assertThat(elasticsearch()
                        .request(
                                "GET",
                                "/" + TOPIC + "/_doc/" + found.at("/indexed/id").asText(),
                                "")
                        .toString())
                .contains("\"name\":\"found\"");
        assertThat(found.path("deadLetter").isNull()).isTrue();
        assertThat(found.fieldNames()).toIterable().containsExactly("kafka", "landed", "indexed", "deadLetter");
    }

    @Test
    void followingClient_printsTheFileAndTheDocument() throws Exception {
        CommandProcess followed = follow(TOPIC, "{\"name\":\"followed by a script\"}");

        assertThat(followed.code()).as(followed.err()).isZero();
        List<String> lines = followed.out().lines().toList();
        assertThat(lines).hasSize(2);
        String file = lines.get(0).replaceFirst("^file +", "");
        String parent = file.substring(0, file.lastIndexOf('/'));
        assertThat(parent).endsWith("/" + TOPIC + "/partition=0");
        assertThat(HdfsProbe.list(parent)).contains(file.substring(file.lastIndexOf('/') + 1));
        String path = lines.get(1).replaceFirst("^document +", "/");
        JsonNode document = elasticsearch().request("GET", path, "");
        assertThat(document.toString()).contains("\"name\":\"followed by a script\"");
    }

    @Test
    void followingClient_withoutAReceipt_fails() throws Exception {
        CommandProcess followed = follow("receipts-nowhere", "{}");

        assertThat(followed.code()).isEqualTo(1);
        assertThat(followed.out()).isEmpty();
        assertThat(followed.err()).contains("error");
    }

    private static CommandProcess follow(String topic, String event) throws Exception {
        Path body = Files.writeString(directory.resolve("event.json"), event);
        ProcessBuilder client = new ProcessBuilder("bash", "examples/receipts/follow.sh", topic);
        client.redirectInput(body.toFile());
        client.environment().put("URL", wadi.eventsUrl());
        return CommandProcess.end(client);
    }

    private static ElasticsearchProbe elasticsearch() {
        return new ElasticsearchProbe(TestServers.shared().ports().elasticsearchUrl());
    }

    @Test
    void record_isPendingUntilItsGroupCommits_whichEndsTheWait() throws Exception {
        pause("landing");
        String receipt = send(TOPIC, "{\"name\":\"pending\"}");

        assertThat(Http.json(get(receipt)).at("/landed/state").asText()).isEqualTo("pending");
        CompletableFuture<JsonNode> waiting = CompletableFuture.supplyAsync(() -> whenFinal(receipt));
        resume("landing");

        assertThat(waiting.get(3, TimeUnit.MINUTES).at("/landed/state").asText())
                .isEqualTo("landed");
    }

    @Test
    void eventStream_reportsEachChange_untilTheStateIsFinal() throws Exception {
        control("landing", "stop", "STOPPED");
        String receipt = send(TOPIC, "{\"name\":\"followed\"}");

        CompletableFuture<HttpResponse<Stream<String>>> following = HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create(wadi.eventsUrl() + "/receipts/" + receipt + "?wait=2m"))
                                .header("Accept", "text/event-stream")
                                .build(),
                        BodyHandlers.ofLines());
        HttpResponse<Stream<String>> answer = following.get(2, TimeUnit.MINUTES);
        resume("landing");
        List<String> lines = answer.body().filter(line -> !line.isEmpty()).toList();

        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
        assertThat(answer.headers().firstValue("X-Accel-Buffering")).hasValue("no");
        assertThat(lines).hasSizeGreaterThanOrEqualTo(2).allMatch(line -> line.startsWith("data: {\"kafka\""));
        assertThat(lines.get(0)).contains("\"landed\":{\"state\":\"pending\"}");
        assertThat(lines.get(lines.size() - 1))
                .contains("\"landed\":{\"state\":\"landed\"")
                .contains("\"indexed\":{\"state\":\"indexed\"");
        assertThat(Http.get(wadi.eventsUrl() + "/receipts/" + TOPIC + "/0/999999999", "Accept", "text/event-stream")
                        .body())
                .isEqualTo(NO_RECEIPT);
    }

    @Test
    void wait_timesOutWithTheCurrentState() throws Exception {
        pause("landing");
        String receipt = send(TOPIC, "{\"name\":\"late\"}");

        JsonNode found = Http.json(get(receipt + "?wait=1s"));

        assertThat(found.at("/landed").toString()).isEqualTo("{\"state\":\"pending\"}");
        assertThat(found.at("/kafka/timestamp").isTextual()).isTrue();
    }

    @Test
    void recordRejectedByTheIndex_isLanded_andItsDeadLetterIsReported() throws Exception {
        whenFinal(send(TOPIC, "{\"number\":1}"));
        String receipt = send(TOPIC, "{\"number\":{\"is\":\"an object\"}}");

        JsonNode found = whenFinal(receipt);

        assertThat(found.at("/landed/state").asText()).isEqualTo("landed");
        assertThat(found.at("/indexed/state").asText()).isEqualTo("rejected");
        assertThat(found.at("/indexed/reason").asText()).contains("document_parsing_exception");
        JsonNode deadLetter = found.path("deadLetter");
        assertThat(deadLetter.path("topic").asText()).isEqualTo("wadi.dead-letter");
        assertThat(deadLetter.path("reason")).isEqualTo(found.at("/indexed/reason"));
        assertThat(KafkaProbe.header(
                        KafkaProbe.read(
                                "wadi.dead-letter",
                                deadLetter.path("partition").asInt(),
                                deadLetter.path("offset").asLong()),
                        "__connect.errors.offset"))
                .isEqualTo(Long.toString(offset(receipt)));
    }

    @Test
    void topicWithoutTargets_isNotConfigured() throws Exception {
        JsonNode found = Http.json(get(send("metric.all", "{\"name\":\"nowhere\"}") + WAIT));

        assertThat(found.path("landed").toString()).isEqualTo("{\"state\":\"not-configured\"}");
        assertThat(found.path("indexed").toString()).isEqualTo("{\"state\":\"not-configured\"}");
        assertThat(found.at("/kafka/timestamp").isTextual()).isTrue();
    }

    @Test
    void recordDeletedBeforeLanding_isExpired() throws Exception {
        whenFinal(send(TOPIC, "{\"name\":\"before\"}"));
        // A paused consumer may already have fetched the record.
        control("landing", "stop", "STOPPED");
        String receipt = send(TOPIC, "{\"name\":\"expired\"}");
        TopicProbe.delete(new TopicPartition(TOPIC, 0), offset(receipt) + 1);
        resume("landing");
        whenFinal(send(TOPIC, "{\"name\":\"after\"}"));

        JsonNode found = whenFinal(receipt);

        assertThat(found.at("/landed").toString()).isEqualTo("{\"state\":\"expired\"}");
        assertThat(found.at("/kafka/timestamp").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "receipts-nowhere/0/0",
                "metric.cpu/0/0",
                "wadi.dead-letter/0/0",
                "receipts-requested/0/999999999",
                "receipts-requested/77/0"
            })
    void unknownReceipt_is404WithoutDetails(String receipt) throws Exception {
        HttpResponse<String> answer = get(receipt + WAIT);

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).isEqualTo(NO_RECEIPT);
    }

    @ParameterizedTest
    @CsvSource({
        "receipts-requested/x/0, 400",
        "receipts-requested/-1/0, 400",
        "receipts-requested/0/-1, 400",
        "receipts-requested/0/9999999999999999999, 400",
        "receipts-requested/0/0?wait=long, 400",
        "receipts-requested/0/0?wait=, 400",
        "receipts-requested/0/0?wait=1s&wait=1s, 400",
        "receipts-requested/0/0?wait=181s, 422",
    })
    void malformedRequest_isRejected(String path, int status) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(status);
    }

    @Test
    void severalReceipts_areAnsweredInOrder() throws Exception {
        long first = offset(send(TOPIC, "{\"name\":\"one\"}"));
        String second = send(TOPIC, "{\"name\":\"two\"}");
        whenFinal(second);

        HttpResponse<String> answer = ask(
                "[%s,%s,%s]".formatted(json(TOPIC, offset(second)), json("receipts-nowhere", 0), json(TOPIC, first)));

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode found = Http.json(answer);
        assertThat(found).hasSize(3);
        assertThat(found.at("/0/indexed/id").asText()).isEqualTo(TOPIC + "+0+" + offset(second));
        assertThat(found.at("/1").toString()).isEqualTo(NO_RECEIPT);
        assertThat(found.at("/2/indexed/id").asText()).isEqualTo(TOPIC + "+0+" + first);
    }

    @Test
    void malformedList_isRejected() throws Exception {
        assertThat(Stream.of("", "{", "{}", "[]", "[1]", "[{\"topic\":\"a\",\"partition\":0}]", "[] []")
                        .map(ReceiptsIT::status))
                .containsOnly(400);
        String one = json("a", 0);
        assertThat(status("[%s]".formatted(String.join(",", one, one, one, one))))
                .isEqualTo(422);
    }

    private static int status(String body) {
        try {
            return ask(body).statusCode();
        } catch (Exception e) {
            throw new AssertionError(body, e);
        }
    }

    private static String json(String topic, long offset) {
        return "{\"topic\":\"%s\",\"partition\":0,\"offset\":%d}".formatted(topic, offset);
    }

    @Test
    void traceCommand_printsTheState_andExitsAccordingly() throws Exception {
        String found = send(TOPIC, "{\"name\":\"traced\"}");
        JsonNode state = whenFinal(found);
        control("landing", "stop", "STOPPED");
        String pending = send(TOPIC, "{\"name\":\"not yet\"}");

        CommandProcess json = trace(found, "--json", "--wait", "1m");
        assertThat(json.code()).as(json.err()).isZero();
        assertThat(new ObjectMapper().readTree(json.out())).isEqualTo(state);
        CommandProcess text = trace(found);
        assertThat(text.out())
                .contains("landed   landed          file="
                        + state.at("/landed/file").asText())
                .contains("indexed  indexed         index=" + TOPIC + " id=" + TOPIC + "+0+" + offset(found));
        CommandProcess waiting = trace(pending);
        assertThat(waiting.code()).isEqualTo(1);
        assertThat(waiting.out()).contains("landed   pending");
        CommandProcess unknown = trace(TOPIC + "/0/999999999");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains(TOPIC + "-0@999999999: Kafka has no such partition");
    }

    /** Runs the command with the configuration of the running pipeline. */
    private static CommandProcess trace(String receipt, String... options) throws Exception {
        Path configuration = Files.createDirectories(directory.resolve("trace"));
        Files.writeString(configuration.resolve("application.properties"), """
                wadi.kafka.brokers=%1$s
                wadi.hdfs.uri=%2$s
                wadi.landing.topics=%3$s
                wadi.landing.group=%3$s-landing
                wadi.landing.directory=/%3$s
                wadi.indexing.topic=%3$s
                wadi.indexing.index=%3$s
                wadi.indexing.group=%3$s-indexing
                """.formatted(
                        TestServers.shared().ports().kafkaBrokers(),
                        TestServers.shared().ports().hdfsUri(),
                        TOPIC));
        return TestedCommand.run(Stream.of(
                        Stream.of("trace"),
                        Stream.of(receipt.split("/", -1)),
                        Stream.of(options),
                        Stream.of("--config", configuration.toString()))
                .flatMap(words -> words)
                .toArray(String[]::new));
    }

    @Test
    @Nightly(
            perChange = {
                "ReceiptsAccessIT#clientBeyondItsShare_isRejectedUntilARequestEnds_andOthersAreAnswered",
                "ReceiptsIT#record_isPendingUntilItsGroupCommits_whichEndsTheWait",
                "SearchQueueTest"
            })
    void manyWaitingRequests_useNoThreads_andAreAnsweredTogether() throws Exception {
        int waiters = 2000;
        pause("landing");
        String receipt = send(TOPIC, "{\"name\":\"awaited\"}");
        get(receipt);
        Set<Thread> before = pipelineThreads();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(wadi.eventsUrl() + "/receipts/" + receipt + "?wait=25s"))
                .build();

        List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, waiters)
                .mapToObj(any -> client.sendAsync(request, BodyHandlers.ofString()))
                .toList();
        await().atMost(MAX_WAIT)
                .until(() -> inFlight() >= waiters || answers.stream().anyMatch(CompletableFuture::isDone));

        // A thread of an earlier test may end meanwhile.
        assertThat(before).containsAll(pipelineThreads());
        resume("landing");
        for (CompletableFuture<HttpResponse<String>> answer : answers) {
            assertThat(answer.get(2, TimeUnit.MINUTES).statusCode()).isEqualTo(200);
        }
    }

    private static double inFlight() throws Exception {
        return Scrape.of(wadi).sum("wadi_ingest_inflight_requests");
    }

    private static Set<Thread> pipelineThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().startsWith("wadi-") || thread.getName().startsWith("vert.x-"))
                // These threads serve the requests for metrics.
                .filter(thread -> !thread.getName().startsWith("wadi-management-"))
                .collect(Collectors.toSet());
    }
}
