package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.KafkaProcess;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The broker's process killed in the middle of a batch: the response's entry for each event, compared with Kafka's
 * content after its restart.
 */
@Tag("long")
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
                                // The body pauses while Kafka's content is awaited.
                                "wadi.http.min-body-rate", "0B"))) {
            await().until(() -> post(wadi).statusCode() == 200);
            HttpURLConnection batch = begin(wadi);
            try (OutputStream body = batch.getOutputStream()) {
                write(body, 0);
                // With the first event; what Kafka has stored may not be acknowledged yet.
                await().until(() -> Scrape.of(wadi).sum("wadi_ingest_events_total", "outcome", "acknowledged") > MANY);
                kafka.kill();
                write(body, MANY);
                assertThat(post(wadi).statusCode()).isEqualTo(503);
                // That one, and some of the batch: from then on no more of it is read.
                await().until(() -> Scrape.of(wadi).sum("wadi_ingest_events_total", "outcome", "not-acknowledged") > 1);
                write(body, 2 * MANY);
            }

            assertThat(batch.getResponseCode()).isEqualTo(503);
            assertThat(batch.getHeaderField("Retry-After")).isEqualTo("2");
            JsonNode answer = new ObjectMapper().readTree(batch.getErrorStream());
            assertThat(answer.path("error").asText())
                    .startsWith("the body was not read to its end because Kafka did not acknowledge an event: ");
            kafka.startAgain();
            assertThatItIsTrue(answer.path("receipts"), stored(kafka));
            await().until(() -> post(wadi).statusCode() == 200);
        }
    }

    /**
     * A receipt: the event is stored there. An error: it may be stored, once, or not. No entry, as for an event that
     * was not read: it is not stored.
     */
    private static void assertThatItIsTrue(JsonNode receipts, Map<String, Integer> stored) {
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

    /** Events with their numbers. */
    private static void write(OutputStream body, int from) throws IOException {
        for (int event = from; event < from + MANY; event++) {
            body.write("{\"event\":%d}\n".formatted(event).getBytes(UTF_8));
        }
        body.flush();
    }

    /** The batch's events in Kafka, by partition and offset. */
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
