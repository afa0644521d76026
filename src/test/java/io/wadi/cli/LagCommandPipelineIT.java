package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.KafkaProcess;
import io.wadi.local.Ports;
import io.wadi.management.access.PasswordHash;
import io.wadi.runtime.http.BoundedHttpClient;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TestedCommand;
import io.wadi.testing.TopicProbe;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** {@code ./wadi lag}, which reads the report of a running pipeline. */
@Execution(ExecutionMode.CONCURRENT)
class LagCommandPipelineIT extends LagCommandTestSupport {
    @Test
    void runningPipeline_isTheSourceOfTheReport() throws Exception {
        stopped("lag-history");
        try (RunningWadi wadi = RunningWadi.startRoutes(
                List.of("web-events"), Map.of("wadi.lag.interval", "1s", "wadi.lag.min-commits", "2"))) {
            String url = wadi.managementUrl() + "/api/lag";
            await().until(() -> Http.get(url).body().contains("lag-history"));

            CommandProcess json = lag(shared(), URI.create(url).getPort(), "--group", "lag-history", "--json");

            assertThat(json.code()).isEqualTo(3);
            assertThat(new ObjectMapper().readTree(json.out()).get("from").asText())
                    .isEqualTo(url);
        }
    }

    @Test
    void pipelineWithUsers_isTheSourceOfTheReport_forRequestsWithCredentials() throws Exception {
        stopped("lag-users");
        Path users = Files.writeString(
                configuration.resolve("users.yaml"),
                "users:\n  - {name: vera, role: view, bcrypt: \"%s\"}\n"
                        .formatted(PasswordHash.of("verasecret".toCharArray())));
        try (RunningWadi wadi = RunningWadi.startRoutes(
                List.of("web-events"), Map.of("wadi.management.users-file", users.toString()))) {
            String url = wadi.managementUrl() + "/api/lag";
            String credentials = BoundedHttpClient.basic("vera", "verasecret");
            await().until(() ->
                    Http.get(url, "Authorization", credentials).body().contains("lag-users"));
            TestedCommand lag = lagOf(shared(), URI.create(url).getPort());

            CommandProcess none = lag.inThisJvm("--group", "lag-users", "--json");
            CommandProcess right =
                    lag.inThisJvm(line("verasecret"), "--group", "lag-users", "--json", "--user", "vera");
            CommandProcess wrong = lag.inThisJvm(line("otherwise"), "--user", "vera");
            CommandProcess token = lag.inThisJvm(line("none"), "--token");

            assertThat(from(none)).isEqualTo("Kafka");
            assertThat(none.err())
                    .isEqualTo("The pipeline at " + url
                            + " requires credentials (401): its history is not used; expected --user or --token\n");
            assertThat(right.err()).isEmpty();
            assertThat(from(right)).isEqualTo(url);
            assertThat(List.of(wrong, token)).allSatisfy(each -> {
                assertThat(each.err())
                        .startsWith("The pipeline at " + url + " rejected the credentials: 401 ")
                        .hasLineCount(1);
                assertThat(each.code()).isEqualTo(2);
            });
        }
    }

    @Test
    @Nightly(
            perChange = {
                "LagCommandPipelineIT#runningPipeline_isTheSourceOfTheReport",
                "TopicsCommandIT#unreachableKafka_exitsWith2AndOneLine"
            })
    void watch_continuesAfterThePipelineAndItsKafkaHaveEnded(@TempDir Path data, @TempDir Path routes)
            throws Exception {
        try (KafkaProcess kafka = KafkaProcess.start(data);
                RunningWadi wadi = RunningWadi.startIngest(routes, kafka.brokers())) {
            String url = wadi.managementUrl() + "/api/lag";
            await().until(() -> Http.json(Http.get(url)).path("time").isTextual());
            ByteArrayOutputStream errors = new ByteArrayOutputStream();
            OutputStream reader = new OutputStream() {
                private boolean hasRead;

                @Override
                public void write(int octet) {
                    if (!hasRead) {
                        hasRead = true;
                        wadi.close();
                        kafka.close();
                    }
                }

                @Override
                public void flush() throws IOException {
                    if (errors.toString(UTF_8).lines().count() >= 2) {
                        throw new IOException("the reader is closed");
                    }
                }
            };

            int code = lagOf(kafka.brokers(), URI.create(url).getPort()).inThisJvm(reader, errors, "--watch");

            assertThat(errors.toString(UTF_8).lines())
                    .hasSize(2)
                    .allSatisfy(line -> assertThat(line)
                            .startsWith("Could not read the lag: KafkaException: Kafka at " + kafka.brokers() + ": "));
            assertThat(code).isZero();
        }
    }

    private static String from(CommandProcess lag) throws IOException {
        return new ObjectMapper().readTree(lag.out()).path("from").asText();
    }

    /**
     * The records are followed by a commit marker and by an aborted record with its marker. Landing commits the end of
     * its last file.
     */
    @Test
    @Nightly(
            perChange = {
                "GroupsCommandIT#describe_onlyTransactionMarkersAfterTheCommittedOffset_reportsZeroLag",
                "CompletenessTransactionsIT#markersAfterTheCommittedOffset_isComplete"
            })
    void transactionalTopic_hasNoLagOnceLandedAndIndexed() throws Exception {
        String topic = "lag-transactions";
        TopicProbe.create(topic, 1);
        KafkaProbe.sendInTransaction(topic, true, "{}", "{}");
        KafkaProbe.sendInTransaction(topic, false, "{}");
        try (RunningWadi wadi = RunningWadi.startRoutes(
                List.of("landing", "indexing"),
                Map.of(
                        "wadi.landing.topics", topic,
                        "wadi.landing.group", topic,
                        "wadi.indexing.topic", topic,
                        "wadi.indexing.index", topic,
                        "wadi.indexing.group", topic + "-indexing",
                        "wadi.lag.interval", "1s"))) {
            String url = wadi.managementUrl() + "/api/lag";
            await().untilAsserted(() -> {
                JsonNode report = Http.json(Http.get(url));
                assertThat(offsetsAndLag(report, topic)).isEqualTo("committed 5, end 5, lag 0, 0.0 s");
                assertThat(offsetsAndLag(report, topic + "-indexing")).isEqualTo("committed 5, end 5, lag 0, 0.0 s");
            });
        }
        String behind = topic + "-behind";
        GroupProbe.commit(behind, new TopicPartition(topic, 0), 2);
        CommandProcess text = lag(shared(), Ports.free(), "--group", behind);
        assertThat(text.out()).contains("no lag, committed 2 of 5 with no record in between");
        assertThat(text.code()).isZero();
    }

    private static String offsetsAndLag(JsonNode report, String group) {
        for (JsonNode each : report.path("groups")) {
            if (each.path("group").asText().equals(group)) {
                JsonNode partition = each.path("partitions").path(0);
                return "committed %d, end %d, lag %d, %s s"
                        .formatted(
                                partition.path("committed").asLong(),
                                partition.path("end").asLong(),
                                each.path("lag").asLong(),
                                partition.path("seconds").asDouble());
            }
        }
        return "none";
    }
}
