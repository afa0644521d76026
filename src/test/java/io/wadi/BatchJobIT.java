package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The batch job of {@code examples/batch} with Hadoop's own shell, started while its events are still being landed. */
class BatchJobIT {
    private static final String TOPIC = "batch-job";
    private static final int OF_HOUR = 300;

    @TempDir
    private Path directory;

    @Test
    void count_equalsTheNumberOfAcknowledgedEvents() throws Exception {
        TopicProbe.create(TOPIC, 3, Map.of("message.timestamp.type", "LogAppendTime"));
        try (RunningWadi wadi = RunningWadi.startWithTopic(directory, TOPIC, 3, Map.of())) {
            int acknowledged = 0;
            for (int request = 0; request < 20; request++) {
                HttpResponse<String> response = Http.post(
                        wadi.eventsUrl() + "/events/" + TOPIC,
                        "{\"a\":1}\n".repeat(100).getBytes(UTF_8),
                        "Content-Type",
                        "application/x-ndjson");
                assertThat(response.statusCode()).isEqualTo(200);
                acknowledged += 100;
            }

            CommandProcess counted = count(TOPIC, Instant.now().toString());

            assertThat(counted.code()).as(counted.err()).isZero();
            assertThat(counted.out().strip()).as(counted.err()).isEqualTo(Integer.toString(acknowledged));
        }
    }

    /** The events of two hours ago, from before the topic had append times, and of the current hour. */
    @Test
    @Nightly(perChange = {"CompleteMarksTest", "BatchJobIT#count_equalsTheNumberOfAcknowledgedEvents"})
    void countOfAnHour_equalsItsNumberOfEvents_onceItIsComplete() throws Exception {
        String topic = TOPIC + "-hours";
        Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(2, ChronoUnit.HOURS);
        String end = hour.plus(1, ChronoUnit.HOURS).toString();
        String bucket = DateTimeFormatter.ofPattern("'date='yyyy-MM-dd'/hour='HH")
                .withZone(ZoneOffset.UTC)
                .format(hour);
        TopicProbe.create(topic, 3);
        for (int event = 0; event < OF_HOUR; event++) {
            long time = hour.plusSeconds(event).toEpochMilli();
            KafkaProbe.send(new ProducerRecord<>(topic, event % 3, time, null, "{\"a\":1}".getBytes(UTF_8)));
        }
        TopicProbe.configure(topic, "message.timestamp.type", "LogAppendTime");
        try (RunningWadi wadi =
                RunningWadi.startWithTopic(directory, topic, 3, Map.of("wadi.landing.time-buckets", "hour"))) {
            HttpResponse<String> later = Http.post(
                    wadi.eventsUrl() + "/events/" + topic,
                    "{\"a\":1}\n".repeat(100).getBytes(UTF_8),
                    "Content-Type",
                    "application/x-ndjson");
            assertThat(later.statusCode()).isEqualTo(200);

            await().atMost(ChildJvm.START_TIMEOUT).until(() -> marks(topic, bucket) == 3);
            CommandProcess counted = count(topic, end, bucket);
            CommandProcess missing = count(topic, end, "date=2001-01-01/hour=00");

            assertThat(counted.code()).as(counted.err()).isZero();
            assertThat(counted.out().strip()).as(counted.err()).isEqualTo(Integer.toString(OF_HOUR));
            assertThat(missing.code()).as(missing.err()).isEqualTo(1);
            assertThat(missing.out()).isEmpty();
            assertThat(missing.err())
                    .contains("Without _COMPLETE: /" + topic + "/" + topic + "/partition=*/date=2001-01-01/hour=00");
        }
    }

    private static int marks(String topic, String bucket) throws IOException {
        try (FileSystem hdfs = HdfsProbe.open()) {
            return hdfs.globStatus(new org.apache.hadoop.fs.Path(
                            "/%s/%s/partition=*/%s/_COMPLETE".formatted(topic, topic, bucket)))
                    .length;
        }
    }

    @Test
    void count_beforeAFutureTime_isRejected() throws Exception {
        CommandProcess ended = count(TOPIC, "2999-01-01T00:00Z");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("--before is in the future");
    }

    private CommandProcess count(String topic, String... arguments) throws IOException, InterruptedException {
        String hdfs = TestServers.shared().ports().hdfsUri();
        Path wadi = script("wadi", ChildJvm.command("io.wadi.Launch", List.of(), List.of()), "");
        // Configures and starts the shell as the script of a Hadoop installation does.
        Files.writeString(
                directory.resolve("core-site.xml"),
                "<configuration><property><name>fs.defaultFS</name><value>%s</value></property></configuration>"
                        .formatted(hdfs));
        // In an installation, the log goes to standard error; here it is off.
        Files.writeString(directory.resolve("logback.xml"), "<configuration/>");
        String classPath = directory + ":" + String.join(":", ChildJvm.libraries());
        List<String> shell = ChildJvm.jvm();
        shell.addAll(List.of("-cp", classPath, "org.apache.hadoop.fs.FsShell"));
        script("hdfs", shell, "[ \"$1\" = dfs ] && shift\n");
        ProcessBuilder builder = new ProcessBuilder(
                Stream.concat(Stream.of("bash", "examples/batch/count.sh", topic), Stream.of(arguments))
                        .toList());
        builder.environment().put("PATH", directory + ":" + System.getenv("PATH"));
        builder.environment()
                .putAll(Map.of(
                        "WADI",
                        wadi.toString(),
                        "DATA",
                        "/" + topic,
                        "WADI_KAFKA_BROKERS",
                        TestServers.shared().ports().kafkaBrokers(),
                        "WADI_HDFS_URI",
                        hdfs,
                        "WADI_LANDING_TOPICS",
                        topic,
                        "WADI_LANDING_GROUP",
                        topic + "-landing",
                        "WADI_LANDING_DIRECTORY",
                        "/" + topic));
        return CommandProcess.end(builder);
    }

    private Path script(String name, List<String> command, String before) throws IOException {
        String words = command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        Path script =
                Files.writeString(directory.resolve(name), "#!/bin/sh\n" + before + "exec " + words + " \"$@\"\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }
}
