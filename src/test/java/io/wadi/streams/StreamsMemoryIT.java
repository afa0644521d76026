package io.wadi.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.CompressibleRecords;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RouteProcess;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process with a heap of 256 MiB and an input topic larger than that, which Kafka stores in few compressed kilobytes,
 * or with as many ids of {@code deduplicate} as nearly half of the heap allows.
 */
@Nightly(
        perChange = {
            "PollLimitIT#pollsOfCompressibleRecords_areLimited_andEachRecordIsReturnedOnceInOrder",
            "PollLimitTest",
            "DeduplicationMemoryTest#shippedLimit_fitsThreePartitionsInTheShippedHeap"
        })
class StreamsMemoryIT {
    private static final String FILE = "streams-compressible";
    private static final int RECORDS = 300;
    /** Nearly half of the heap that the JVM reports, 248 MiB, at 288 bytes each. */
    private static final int IDS = (120 << 20) / 288;

    @Test
    void highlyCompressibleRecords_areProcessed_withoutExhaustingTheHeap(@TempDir Path directory) throws Exception {
        CompressibleRecords.send(FILE + ".in", RECORDS);
        TopicProbe.create(FILE + ".out", 1);
        Files.writeString(directory.resolve(FILE + ".yaml"), """
                from: {topic: %s.in, value: json}
                steps:
                  - map: {jq: '.a | length'}
                to: {topic: %s.out, value: json}
                """.formatted(FILE, FILE));
        runUntil(directory, FILE, RECORDS);
    }

    /** With a few more ids, the topology would not start. */
    @Test
    void idsOfHalfOfTheHeap_areKept_withoutExhaustingTheHeap(@TempDir Path directory) throws Exception {
        String name = "streams-many-ids";
        TopicProbe.create(name + ".in", 1);
        TopicProbe.create(name + ".out", 1);
        Files.writeString(directory.resolve(name + ".yaml"), """
                from: {topic: %s.in, value: json}
                steps:
                  - deduplicate: {by: /id, within: 24h, max-ids: %d}
                to: %s.out
                """.formatted(name, IDS, name));
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            for (int i = 0; i < IDS; i++) {
                producer.send(new ProducerRecord<>(
                        name + ".in",
                        "{\"id\":\"%s\"}".formatted(new UUID(0, i)).getBytes(UTF_8)));
            }
        }
        runUntil(directory, name, IDS);
    }

    /** Runs a topology until its output topic has this number of records. */
    private static void runUntil(Path directory, String name, int records) throws Exception {
        try (RouteProcess process = RouteProcess.start(
                List.of(),
                line -> {},
                List.of(
                        "-Dwadi.streams.directory=" + directory,
                        "-Dwadi.streams.files=" + name,
                        "-Dwadi.streams.state-directory=" + directory.resolve("state")))) {
            await().atMost(ChildJvm.START_TIMEOUT.multipliedBy(2)).until(() -> {
                assertThat(process.isAlive()).as("the process lives").isTrue();
                return TopicProbe.end(new TopicPartition(name + ".out", 0)) >= records;
            });
            assertThat(process.stop()).isZero();
        }
    }
}
