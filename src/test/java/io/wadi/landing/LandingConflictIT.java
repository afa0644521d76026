package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.landing.files.LandedFile;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.io.FileNotFoundException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Files and offsets changed externally between two starts: only the affected partitions wait, and report the cause. */
@Nightly(perChange = "PartitionLanderConflictTest")
class LandingConflictIT {
    private static final String TOPIC = "landing-conflicts";
    private static final String BASE = "/landing-conflicts/" + TOPIC;

    @Test
    void partitionsWithConflictingFiles_wait_andOthersContinue() throws Exception {
        TopicProbe.create(TOPIC, 4);
        produce("a");
        try (FileSystem hdfs = HdfsProbe.open()) {
            try (RunningWadi wadi = RunningWadi.startLanding(TOPIC, Map.of())) {
                awaitLanded(hdfs, List.of(0, 1, 2, 3), 1);
            }
            Path notes = new Path(BASE + "/partition=0/notes.txt");
            write(hdfs, notes, "not landing's");
            Path shortened = landed(1, 0, 1);
            write(hdfs, shortened, "a");
            GroupProbe.commit("landing-conflicts", new TopicPartition(TOPIC, 2), 1);
            produce("b");

            try (RunningWadi wadi = RunningWadi.startLanding(TOPIC, Map.of())) {
                awaitLanded(hdfs, List.of(3), 3);
                await().untilAsserted(() -> {
                    assertDown(wadi, 0, notes.toUri().getPath() + ": it is not a landed file of this partition");
                    assertDown(wadi, 1, shortened.toUri().getPath() + ": landing wrote 6 bytes, but the file has 1");
                    assertDown(wadi, 2, "the group's offset was set to 1, but all records before 2 have landed");
                    assertThat(check(wadi, 3).path("status").asText()).isEqualTo("UP");
                });
                assertThat(Http.get(wadi.managementUrl() + "/observe/metrics").body())
                        .containsPattern(
                                "wadi_partition_failing\\{group=\"landing-conflicts\",partition=\"3\",route=\"landing\",topic=\""
                                        + TOPIC + "\"\\} 0")
                        .containsPattern(
                                "wadi_partition_failing\\{group=\"landing-conflicts\",partition=\"0\",route=\"landing\",topic=\""
                                        + TOPIC + "\"\\} [1-9]");
                assertThat(hdfs.listStatus(new Path(BASE + "/partition=2"))).hasSize(1);

                hdfs.delete(notes, false);
                hdfs.delete(shortened, false);
                hdfs.delete(landed(2, 0, 1), false);
                awaitLanded(hdfs, List.of(0, 1, 2), 3);
                await().untilAsserted(() -> {
                    for (int partition = 0; partition < 4; partition++) {
                        assertThat(check(wadi, partition).path("status").asText())
                                .isEqualTo("UP");
                    }
                });
            }
        }
    }

    // ----

    /** Sends two records to each partition. */
    private static void produce(String text) throws Exception {
        for (int partition = 0; partition < 4; partition++) {
            for (int i = 0; i < 2; i++) {
                KafkaProbe.send(new ProducerRecord<>(TOPIC, partition, null, (text + i).getBytes(UTF_8)));
            }
        }
    }

    private static void awaitLanded(FileSystem hdfs, List<Integer> partitions, long offset) {
        await().ignoreException(FileNotFoundException.class).untilAsserted(() -> {
            for (int partition : partitions) {
                assertThat(hdfs.listStatus(new Path(BASE + "/partition=" + partition)))
                        .as("partition %d", partition)
                        .filteredOn(file -> LandedFile.parse(file.getPath().getName())
                                .filter(landed -> landed.covers(offset))
                                .isPresent())
                        .hasSize(1);
            }
        });
    }

    private static void write(FileSystem hdfs, Path path, String content) throws Exception {
        try (OutputStream out = hdfs.create(path, true)) {
            out.write(content.getBytes(UTF_8));
        }
    }

    private static Path landed(int partition, long first, long last) {
        return new Path("%s/partition=%d/%s"
                .formatted(BASE, partition, new LandedFile(new TopicPartition(TOPIC, partition), first, last).name()));
    }

    private static void assertDown(RunningWadi wadi, int partition, String message) throws Exception {
        JsonNode check = check(wadi, partition);
        assertThat(check.path("status").asText()).as("partition %d", partition).isEqualTo("DOWN");
        assertThat(check.path("message").asText().replace("\\/", "/")).contains(message);
    }

    private static JsonNode check(RunningWadi wadi, int partition) throws Exception {
        String name = "partition:landing-conflicts:" + TOPIC + "-" + partition;
        JsonNode health = Http.json(Http.get(wadi.managementUrl() + "/observe/health"));
        for (JsonNode check : health.path("checks")) {
            if (check.path("name").asText().contains(name)) {
                return check;
            }
        }
        throw new AssertionError("no check " + name + " in " + health);
    }
}
