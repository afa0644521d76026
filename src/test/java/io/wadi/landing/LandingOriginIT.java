package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** A topic that is deleted and created again with the same name, between two starts. */
@Nightly(perChange = "PartitionLanderOriginTest")
class LandingOriginIT {
    private static final String TOPIC = "landing-origin";
    private static final String DIRECTORY = "/landing-origin";

    @Test
    void recreatedTopic_isNotLandedAmongTheFilesOfTheFormerTopic() throws Exception {
        TopicProbe.create(TOPIC, 1);
        produce("old", 3);
        try (RunningWadi wadi = RunningWadi.startLanding(TOPIC, Map.of())) {
            await().until(() -> landed().size() >= 3);
            assertThat(landed()).hasSize(3);
        }
        TopicProbe.recreate(TOPIC);
        // More records than the former topic had, so that offsets alone do not reveal the change.
        produce("new", 5);

        try (RunningWadi wadi = RunningWadi.startLanding(TOPIC, Map.of())) {
            await().untilAsserted(() -> assertThat(Http.get(wadi.managementUrl() + "/observe/health")
                            .body()
                            .replace("\\", ""))
                    .contains("landing-origin-0: /landing-origin/landing-origin/_origin: the topic was recreated")
                    .contains("Set wadi.landing.directory to another directory"));
            assertThat(landed()).containsExactly("old0", "old1", "old2");

            // As the error message advises; the group's offsets were deleted with the topic.
            try (FileSystem hdfs = HdfsProbe.open()) {
                hdfs.mkdirs(new Path("/moved"));
                assertThat(hdfs.rename(new Path(DIRECTORY + "/" + TOPIC), new Path("/moved/" + TOPIC)))
                        .isTrue();
            }
            await().until(() -> landed().size() >= 5);
        }
        assertThat(landed()).containsExactly("new0", "new1", "new2", "new3", "new4");
        assertThat(lines("/moved")).containsExactly("old0", "old1", "old2");
    }

    private static void produce(String text, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            KafkaProbe.send(new ProducerRecord<>(TOPIC, 0, null, (text + i).getBytes(UTF_8)));
        }
    }

    private static List<String> landed() throws IOException {
        return lines(DIRECTORY);
    }

    private static List<String> lines(String directory) throws IOException {
        return HdfsProbe.landed(directory, TOPIC).stream()
                .flatMap(file -> file.lines().stream())
                .toList();
    }
}
