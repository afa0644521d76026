package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.kafka.Flow;
import io.wadi.landing.files.LandedFile;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.io.FileNotFoundException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Health and the page report instances of one group with different formats. */
@Nightly(perChange = "PartitionLanderFormatTest")
class LandingFormatsIT {
    private static final String TOPIC = "landing-formats";
    private static final int PARTITIONS = 2;

    @Test
    void concurrentFileOfAnotherFormat_isReportedUntilTheNextOwnFile() throws Exception {
        TopicProbe.create(TOPIC, PARTITIONS);
        try (FileSystem hdfs = HdfsProbe.open();
                RunningWadi compressed = start("jsonl.gz");
                RunningWadi lines = start("jsonl")) {
            await().until(() -> Flow.members(TOPIC) == 2);
            await().until(() -> checks(compressed).size() == 1 && checks(lines).size() == 1);
            produce("a");
            produce("a");
            awaitLanded(hdfs, 0);
            await().until(() -> Flow.committed(TOPIC, TOPIC, 0) == 2 && Flow.committed(TOPIC, TOPIC, 1) == 2);
            // Neither instance takes over a file of the other; each compares after its next file.
            produce("a");
            produce("a");
            await().untilAsserted(
                            () -> assertThat(checks(lines))
                                    .singleElement()
                                    .extracting(check ->
                                            check.path("message").asText().replace("\\/", "/"))
                                    .asString()
                                    .contains(".jsonl.gz was published at ")
                                    .contains(
                                            " by an instance of the group with wadi.landing.format=jsonl.gz, while this instance has jsonl: "));
            await().untilAsserted(
                            () -> assertThat(onPage(lines))
                                    .contains(
                                            " by an instance of the group with wadi.landing.format=jsonl.gz, while this instance has jsonl: "));

            lines.close();
            produce("b");

            await().untilAsserted(() -> assertThat(checks(compressed))
                    .hasSize(PARTITIONS)
                    .filteredOn(check -> check.path("status").asText().equals("DOWN"))
                    .isNotEmpty()
                    .extracting(check -> check.path("message").asText().replace("\\/", "/"))
                    .allSatisfy(message -> assertThat(message)
                            .contains("/landing-formats/landing-formats/partition=")
                            .contains(".jsonl was published at ")
                            .contains(
                                    " by an instance of the group with wadi.landing.format=jsonl, while this instance has"
                                            + " jsonl.gz: ")));

            awaitLanded(hdfs, 4);
            await().untilAsserted(() -> {
                produce("b");
                assertThat(checks(compressed))
                        .hasSize(PARTITIONS)
                        .allMatch(check -> check.path("status").asText().equals("UP"));
            });
        }
    }

    private static RunningWadi start(String format) throws Exception {
        return RunningWadi.startLanding(
                TOPIC,
                Map.of(
                        "wadi.landing.format", format,
                        // The difference is reported for at least this interval.
                        "wadi.landing.roll-interval", "30s",
                        "wadi.landing.roll-records", "2",
                        "wadi.health.down-after", "500ms"));
    }

    private static void produce(String value) throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            KafkaProbe.send(new ProducerRecord<>(TOPIC, partition, null, value.getBytes(UTF_8)));
        }
    }

    private static void awaitLanded(FileSystem hdfs, long offset) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Path directory = new Path("/%s/%1$s/partition=%d".formatted(TOPIC, partition));
            await().ignoreException(FileNotFoundException.class)
                    .until(() -> Stream.of(hdfs.listStatus(directory))
                            .map(FileStatus::getPath)
                            .flatMap(file -> LandedFile.parse(file.getName()).stream())
                            .anyMatch(file -> file.covers(offset)));
        }
    }

    /** Returns the health checks of the partitions that an instance owns. */
    private static List<JsonNode> checks(RunningWadi wadi) throws Exception {
        JsonNode health = Http.json(Http.get(wadi.managementUrl() + "/observe/health"));
        return health.path("checks")
                .valueStream()
                .filter(check -> check.path("name").asText().contains("partition:" + TOPIC + ":"))
                .toList();
    }

    /** Returns the state of the process that the page receives when it is opened. */
    private static String onPage(RunningWadi wadi) throws Exception {
        HttpRequest live = HttpRequest.newBuilder(URI.create(wadi.managementUrl() + "/api/live"))
                .build();
        try (Stream<String> received = HttpClient.newHttpClient()
                .send(live, HttpResponse.BodyHandlers.ofLines())
                .body()) {
            return received.dropWhile(line -> !line.equals("event: now"))
                    .skip(1)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
