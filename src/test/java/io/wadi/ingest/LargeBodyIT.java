package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.KafkaProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A body many times larger than the memory of the process that ingests it. */
class LargeBodyIT {
    private static final long GIB = 1L << 30;
    private static final String TOPIC = "large-body";
    private static final String TOPICS = """
            topics:
              - {name: large-body, partitions: 3, replication: 1, ingest: {over: [events]}}
              - {name: select-color, partitions: 1, replication: 1}
              - {name: wadi.dead-letter, partitions: 1, replication: 1}
              - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
            """;
    /** The position of the number in an event. */
    private static final int FROM = "{\"n\":".length();

    private static final int DIGITS = 8;
    private static final byte[] LINE =
            "{\"n\":10000000,\"text\":\"%s\"}\n".formatted("x".repeat(230)).getBytes(US_ASCII);
    private static final int EVENTS = (int) (GIB / LINE.length) + 1;
    private static final int FIRST = 10_000_000;

    /**
     * Maximum memory of the process: the heap, buffers of Netty and Kafka, code, classes and threads. A body that is
     * kept in memory needs far more.
     */
    private static final int MEMORY_MIB = 640;

    @TempDir
    private Path directory;

    @Test
    @Nightly(
            perChange = {
                "SendWindowTest",
                "BodyEventsReadingTest#next_fetchesTheBodyIncrementally_asEventsAreConsumed",
                "EventBodiesIT#events_areSentWhileTheirBodyArrives"
            })
    void gibibyteOfLines_isIngestedWithAHeapOf256MiB() throws Exception {
        try (KafkaProcess kafka = KafkaProcess.start(directory);
                IngestProcess wadi = IngestProcess.start(directory.resolve("wadi"), "256m", kafka.brokers(), TOPICS)) {
            long begin = System.nanoTime();
            HttpURLConnection request = send(wadi);
            assertThat(request.getResponseCode()).isEqualTo(200);
            assertThat(request.getHeaderField("Preference-Applied")).isEqualTo("return=minimal");
            JsonNode answer = new ObjectMapper().readTree(request.getInputStream());
            Duration took = Duration.ofNanos(System.nanoTime() - begin);

            System.out.printf(
                    "Large body: %,d events, %,d bytes in %.1f s; heap at most %d MiB, %d MiB after a collection; memory %d MiB%n",
                    EVENTS,
                    (long) EVENTS * LINE.length,
                    took.toMillis() / 1e3,
                    wadi.peakHeapMiB(),
                    wadi.peakHeapAfterCollectionMiB(),
                    wadi.peakMemoryMiB());
            assertThat(answer.path("events").asInt()).isEqualTo(EVENTS);
            assertThat(answer.path("failed").asInt()).isZero();
            assertThat(inRanges(answer)).isEqualTo(EVENTS);
            assertEachIsStoredOnce(kafka);
            assertThat(wadi.peakMemoryMiB()).isLessThan(MEMORY_MIB);
        }
    }

    private static HttpURLConnection send(IngestProcess wadi) throws IOException {
        HttpURLConnection request = (HttpURLConnection)
                URI.create(wadi.eventsUrl() + "/events/" + TOPIC).toURL().openConnection();
        request.setRequestMethod("POST");
        request.setRequestProperty("Content-Type", "application/x-ndjson");
        request.setRequestProperty("Prefer", "return=minimal");
        request.setDoOutput(true);
        request.setChunkedStreamingMode(1 << 16);
        SplittableRandom random = new SplittableRandom(1);
        byte[] line = LINE.clone();
        try (OutputStream body = new BufferedOutputStream(request.getOutputStream(), 1 << 16)) {
            for (int event = 0; event < EVENTS; event++) {
                number(line, FIRST + event);
                // Part of each event is random, as in real events.
                byte[] differs = HexFormat.of().toHexDigits(random.nextLong()).getBytes(US_ASCII);
                System.arraycopy(differs, 0, line, line.length - differs.length - 3, differs.length);
                body.write(line);
            }
        }
        return request;
    }

    private static void number(byte[] line, int number) {
        int left = number;
        for (int at = FROM + DIGITS - 1; at >= FROM; at--) {
            line[at] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }

    private static long inRanges(JsonNode answer) {
        long all = 0;
        for (JsonNode partition : answer.path("offsets")) {
            for (JsonNode range : partition.path("ranges")) {
                all += range.get(1).asLong() - range.get(0).asLong() + 1;
            }
        }
        return all;
    }

    private static void assertEachIsStoredOnce(KafkaProcess kafka) {
        BitSet found = new BitSet(EVENTS);
        KafkaProbe.forEach(kafka.brokers(), TOPIC, record -> {
            int event = event(record);
            assertThat(found.get(event)).as("event %d is there twice", event).isFalse();
            found.set(event);
        });
        assertThat(found.cardinality()).isEqualTo(EVENTS);
        assertThat(found.length()).isEqualTo(EVENTS);
    }

    private static int event(ConsumerRecord<byte[], byte[]> record) {
        assertThat(record.value().length).isEqualTo(LINE.length - 1);
        return Integer.parseInt(new String(record.value(), FROM, DIGITS, US_ASCII)) - FIRST;
    }
}
