package io.wadi.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.CompressibleRecords;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RouteProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process with a heap of 256 MiB and an input topic larger than that, which Kafka stores in few compressed kilobytes.
 */
@Nightly(
        perChange = {
            "PollLimitIT#pollsOfCompressibleRecords_areLimited_andEachRecordIsReturnedOnceInOrder",
            "PollLimitTest"
        })
class StreamsMemoryIT {
    private static final String FILE = "streams-compressible";
    private static final int RECORDS = 300;

    @Test
    void highlyCompressibleRecords_areProcessed_withoutExhaustingTheHeap(@TempDir Path directory) throws Exception {
        CompressibleRecords.send(FILE + ".in", RECORDS);
        KafkaProbe.createTopic(FILE + ".out", 1);
        Files.writeString(directory.resolve(FILE + ".yaml"), """
                from: {topic: %s.in, value: json}
                steps:
                  - map: {jq: '.a | length'}
                to: {topic: %s.out, value: json}
                """.formatted(FILE, FILE));
        try (RouteProcess process = RouteProcess.start(
                List.of(),
                line -> {},
                List.of(
                        "-Dwadi.streams.directory=" + directory,
                        "-Dwadi.streams.files=" + FILE,
                        "-Dwadi.streams.state-directory=" + directory.resolve("state")))) {
            await().atMost(ChildJvm.START_TIMEOUT).until(() -> {
                assertThat(process.isAlive()).as("the process lives").isTrue();
                return KafkaProbe.end(new TopicPartition(FILE + ".out", 0)) >= RECORDS;
            });
            assertThat(process.stop()).isZero();
        }
    }
}
