package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.KafkaProcess;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the broker's process in the middle of a batch, and compares the entry of each event in the response with
 * Kafka's content after the restart.
 */
@Nightly(
        perChange = {
            "ReceiptLogTest",
            "KafkaDownIT#requestsWithoutKafka_areRejectedWith503_andAcceptedOnceKafkaIsBack",
            "BadInputIT#badInput_isAnswered_andKafkaMatchesTheResponses"
        })
class BrokerKilledIT {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String TOPIC = "select-color";
    private static final int MANY = 1000;

    @TempDir
    private Path directory;

    @Test
    void response_reportsForEachEventWhetherItIsStored() throws Exception {
        try (KafkaProcess kafka = KafkaProcess.start(directory);
                RunningWadi wadi = RunningWadi.startIngest(
                        directory.resolve("configuration"),
                        kafka.brokers(),
                        Map.of(
                                "wadi.ingest.acknowledgement-timeout", "20s",
                                // The test pauses the body while it waits for acknowledgments.
                                "wadi.http.min-body-rate", "0B"))) {
            await().until(() -> post(wadi).statusCode() == 200);
            HttpURLConnection batch = begin(wadi);
            try (OutputStream body = batch.getOutputStream()) {
                write(body, 0);
                // The single event counts too. Wait for the acknowledgments: Kafka may have stored events without
                // having acknowledged them.
                await().until(() -> Scrape.of(wadi).sum("wadi_ingest_events_total", "outcome", "acknowledged") > MANY);
                kafka.kill();
                write(body, MANY);
                assertThat(post(wadi).statusCode()).isEqualTo(503);
                // The rejected single event and at least one of the batch: the server stops reading the batch at its
                // first failure.
                await().until(() -> Scrape.of(wadi).sum("wadi_ingest_events_total", "outcome", "not-acknowledged") > 1);
                write(body, 2 * MANY);
            }

            assertThat(batch.getResponseCode()).isEqualTo(503);
            assertThat(batch.getHeaderField("Retry-After")).isEqualTo("2");
            JsonNode answer = new ObjectMapper().readTree(batch.getErrorStream());
            assertThat(answer.path("error").asText())
                    .startsWith("the body was not read to its end because Kafka did not acknowledge an event: ");
            kafka.startAgain();
            assertReceiptsMatch(answer.path("receipts"), stored(kafka));
            await().until(() -> post(wadi).statusCode() == 200);
        }
    }

    /**
     * Asserts that an event with a receipt is stored at its location, that an event with an error is stored at most
     * once, and that an event without an entry, which was not read, is not stored.
     */
    private static void assertReceiptsMatch(JsonNode receipts, Map<String, Integer> stored) {
        int read = receipts.size();
        Set<Integer> receipted = new HashSet<>();
        for (int event = 0; event < read; event++) {
            JsonNode receipt = receipts.get(event);
            if (receipt.has("offset")) {
                assertThat(stored).containsEntry(receipt.path("partition") + "@" + receipt.path("offset"), event);
                receipted.add(event);
            } else {
                assertThat(receipt.path("error").asText()).startsWith("not ");
            }
        }
        assertThat(receipted.size()).isGreaterThanOrEqualTo(MANY).isLessThan(read);
        assertThat(read).isLessThan(3 * MANY);
        assertThat(stored.values()).doesNotHaveDuplicates().allMatch(event -> event < read);
    }

    private static HttpURLConnection begin(RunningWadi wadi) throws IOException {
        HttpURLConnection batch = (HttpURLConnection)
                URI.create(wadi.eventsUrl() + "/events/" + TOPIC).toURL().openConnection();
        batch.setRequestMethod("POST");
        batch.setRequestProperty("Content-Type", "application/x-ndjson");
        batch.setDoOutput(true);
        batch.setReadTimeout((int) SOON.toMillis());
        batch.setChunkedStreamingMode(1024);
        return batch;
    }

    /** Writes numbered events. */
    private static void write(OutputStream body, int from) throws IOException {
        for (int event = from; event < from + MANY; event++) {
            body.write("{\"event\":%d}\n".formatted(event).getBytes(UTF_8));
        }
        body.flush();
    }

    /** Returns the numbers of the batch's events in Kafka, by partition and offset. */
    private static Map<String, Integer> stored(KafkaProcess kafka) {
        ObjectMapper json = new ObjectMapper();
        Map<String, Integer> found = new HashMap<>();
        KafkaProbe.forEach(kafka.brokers(), TOPIC, record -> {
            try {
                JsonNode event = json.readTree(record.value()).path("event");
                if (event.isInt()) {
                    found.put(record.partition() + "@" + record.offset(), event.asInt());
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return found;
    }

    private static HttpResponse<String> post(RunningWadi wadi) throws Exception {
        return Http.post(
                wadi.eventsUrl() + "/events/" + TOPIC, "{}".getBytes(UTF_8), "Content-Type", "application/json");
    }
}
