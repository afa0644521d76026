package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.local.ChildJvm;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Orderly restarts under load: every record is landed, indexed and routed once. */
@Nightly(
        perChange = {
            "LandingCrashIT#processesKilledAfterARenameAndAFence_eachRecordIsLandedOnce",
            "IndexingCrashIT#killedAtRandom_indexesEachRecordOnce",
            "OrderlyShutdownTest"
        })
class RestartIT {
    private static final String TOPIC = "restart-test";
    private static final int PARTITIONS = 3;
    private static final int RESTARTS = 3;
    /**
     * The number of events sent at the full rate after each start and again once it is ready; limits slow machines'
     * load.
     */
    private static final int EVENTS = 9_000;

    private static final Duration ALL_PROCESSED = ChildJvm.START_TIMEOUT.multipliedBy(3);

    @Test
    void orderlyRestartsUnderLoad_noRecordIsLostOrDuplicated() throws Exception {
        TopicProbe.create(TOPIC, PARTITIONS);
        TopicProbe.create(TOPIC + "-metrics", PARTITIONS);
        TopicProbe.create(TOPIC + "-cpu", PARTITIONS);
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger limit = new AtomicInteger();
        ScheduledExecutorService load = Executors.newSingleThreadScheduledExecutor();
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            load.scheduleAtFixedRate(() -> produce(producer, sent, limit.get()), 0, 10, TimeUnit.MILLISECONDS);
            for (int run = 0; run < RESTARTS; run++) {
                limit.set(sent.get() + EVENTS);
                try (RunningWadi wadi = start()) {
                    await().until(RestartIT::isFlowing);
                    int before = sent.get();
                    limit.set(before + EVENTS);
                    await().until(() -> sent.get() > before + 5000);
                }
            }
            load.shutdown();
            assertThat(load.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
        } finally {
            load.shutdownNow();
        }
        try (RunningWadi wadi = start()) {
            await().atMost(ALL_PROCESSED).until(() -> count() == sent.get());
            await().atMost(ALL_PROCESSED).until(() -> landedRecords() >= sent.get());
            await().atMost(ALL_PROCESSED)
                    .until(() -> KafkaProbe.readAll(TOPIC + "-cpu").size() >= sent.get());
        }

        HdfsProbe.assertLandedOnce(HdfsProbe.landed("/" + TOPIC, TOPIC), KafkaProbe.readAll(TOPIC), PARTITIONS);
        assertThat(count()).isEqualTo(sent.get());
        assertThat(KafkaProbe.readAll(TOPIC + "-cpu").stream()
                        .map(routed -> new String(routed.value(), UTF_8))
                        .sorted())
                .isEqualTo(KafkaProbe.readAll(TOPIC + "-metrics").stream()
                        .map(given -> new String(given.value(), UTF_8))
                        .sorted()
                        .toList());
    }

    private static RunningWadi start() throws Exception {
        return RunningWadi.start(Map.of(
                "wadi.landing.topics", TOPIC,
                "wadi.landing.group", TOPIC + "-landing",
                "wadi.landing.directory", "/" + TOPIC,
                "wadi.landing.roll-records", "1500",
                "wadi.indexing.topic", TOPIC,
                "wadi.indexing.index", TOPIC,
                "wadi.indexing.group", TOPIC + "-indexing",
                "wadi.metrics.topic", TOPIC + "-metrics",
                "wadi.metrics.group", TOPIC + "-metrics",
                "wadi.metrics.cpu-topic", TOPIC + "-cpu"));
    }

    /**
     * Sends 3,000 events a second up to the limit, then 100, so that the load continues through each start and stop.
     */
    private static void produce(KafkaProducer<byte[], byte[]> producer, AtomicInteger sent, int limit) {
        int count = sent.get() < limit ? 30 : 1;
        for (int i = 0; i < count; i++) {
            int number = sent.getAndIncrement();
            byte[] event = "{\"number\":%d}".formatted(number).getBytes(UTF_8);
            producer.send(new ProducerRecord<>(TOPIC, number % PARTITIONS, null, event));
            producer.send(new ProducerRecord<>(TOPIC + "-metrics", number % PARTITIONS, null, metric(number)));
        }
    }

    private static byte[] metric(int number) {
        return ("{\"@timestamp\":\"2026-11-20T01:00:00.000Z\",\"metricset\":{\"name\":\"cpu\"},"
                        + "\"host\":{\"name\":\"h%d\"},\"system\":{\"cpu\":{\"total\":{\"norm\":{\"pct\":0.1}}}},\"n\":%d}")
                .formatted(number % 10, number)
                .getBytes(UTF_8);
    }

    private static boolean isFlowing() throws Exception {
        return landedRecords() > 0;
    }

    private static long landedRecords() throws Exception {
        return HdfsProbe.coveredOffsets("/" + TOPIC, TOPIC);
    }

    private static long count() throws Exception {
        String index = TestServers.shared().ports().elasticsearchUrl() + "/" + TOPIC;
        Http.post(index + "/_refresh", new byte[0]);
        JsonNode answer = Http.json(Http.get(index + "/_count"));
        return answer.path("count").asLong();
    }
}
