package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The routes of events, receipts, landing and indexing as shipped, with requests of a client. */
abstract class ReceiptsTestSupport {
    static final String TOPIC = "receipts-requested";
    static final String NO_RECEIPT = "{\"error\":\"no such receipt\"}";
    static final String WAIT = "?wait=10s";
    static final Duration MAX_WAIT = Duration.ofMinutes(2);

    @TempDir
    static Path directory;

    @AutoClose
    static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startWithTopic(
                directory,
                TOPIC,
                1,
                Map.of(
                        "wadi.receipts.max-wait",
                        "3m",
                        "wadi.receipts.max-receipts",
                        "3",
                        // One client may use two thirds of them.
                        "wadi.receipts.max-waiting",
                        "3100"));
    }

    @AfterEach
    void resumeAll() throws Exception {
        resume("landing");
        resume("indexing");
    }

    /** Waits for the final state: a single request may time out before on a busy machine. */
    static JsonNode whenFinal(String path) {
        return await().atMost(MAX_WAIT)
                .until(
                        () -> Http.json(get(path + WAIT)),
                        found -> !found.toString().contains("\"pending\""));
    }

    static HttpResponse<String> get(String path) throws Exception {
        return Http.get(wadi.eventsUrl() + "/receipts/" + path);
    }

    static HttpResponse<String> ask(String body) throws Exception {
        return Http.post(wadi.eventsUrl() + "/receipts", body.getBytes(UTF_8), "Content-Type", "application/json");
    }

    /** Returns the receipt's path. */
    static String send(String topic, String event) throws Exception {
        HttpResponse<String> answer = Http.post(
                wadi.eventsUrl() + "/events/" + topic, event.getBytes(UTF_8), "Content-Type", "application/json");
        JsonNode receipt = Http.json(answer).path("receipts").get(0);
        return "%s/%d/%d"
                .formatted(
                        receipt.path("topic").asText(),
                        receipt.path("partition").asInt(),
                        receipt.path("offset").asLong());
    }

    static long offset(String path) {
        return Long.parseLong(path.substring(path.lastIndexOf('/') + 1));
    }

    static void control(String route, String action, String state) throws Exception {
        Http.send("PUT", wadi.managementUrl() + "/connectors/" + route + "/" + action);
        await().atMost(MAX_WAIT)
                .until(
                        () -> Http.json(Http.get(wadi.managementUrl() + "/connectors/" + route + "/status"))
                                .findValuesAsText("state"),
                        states -> !states.isEmpty() && states.stream().allMatch(state::equals));
    }

    static void pause(String route) throws Exception {
        control(route, "pause", "PAUSED");
    }

    static void resume(String route) throws Exception {
        control(route, "resume", "RUNNING");
    }
}
