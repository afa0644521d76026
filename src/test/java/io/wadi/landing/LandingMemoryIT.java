package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** A process of 256 MiB with a backlog larger than its heap, stored in a few kilobytes of Kafka. */
class LandingMemoryIT {
    private static final String TOPIC = "landing-compressible";
    private static final int RECORDS = 300;
    private static final byte[] EVENT =
            "{\"a\":\"%s\"}".formatted("x".repeat(1_000_000)).getBytes(UTF_8);

    private static void fill() throws Exception {
        KafkaProbe.createTopic(TOPIC, 1);
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                TestServers.shared().ports().kafkaBrokers(),
                "compression.type",
                "lz4",
                "linger.ms",
                "500");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(new ProducerRecord<>(TOPIC, EVENT));
            }
        }
    }

    @Test
    void eventsThatCompressWell_areLanded_withoutExhaustingTheHeap() throws Exception {
        fill();
        try (LandingProcess process = LandingProcess.start(TOPIC, null, "-Dwadi.landing.roll-interval=1s")) {
            await().atMost(ChildJvm.START_TIMEOUT).until(() -> {
                assertThat(process.isAlive()).as("the process lives").isTrue();
                return landed() == RECORDS;
            });
            assertThat(process.stop()).isZero();
        }
    }

    private static long landed() throws Exception {
        NavigableMap<Long, Long> ranges =
                HdfsProbe.ranges("/" + TOPIC, TOPIC).getOrDefault(0, Collections.emptyNavigableMap());
        return ranges.entrySet().stream()
                .mapToLong(range -> range.getValue() - range.getKey() + 1)
                .sum();
    }
}
