package io.wadi.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.ingest.auth.ApiKey;
import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Warnings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Authorization to write to a topic, defined by {@code topics.yaml} and the file of keys together. */
class TopicAuthorizationIT {
    private static final String TOPICS = """
            topics:
              - {name: select-color, partitions: 1, replication: 1, ingest: {over: [select, events], keys: [anyone]}}
              - {name: may-shop, partitions: 1, replication: 1, ingest: {keys: [shop]}}
              - {name: may-any-key, partitions: 1, replication: 1, ingest: true}
              - {name: wadi.dead-letter, partitions: 1, replication: 1}
              - {name: wadi.schemas, partitions: 1, replication: 1, cleanup: compact}
            """;

    @TempDir
    private Path directory;

    @Test
    void topic_isOpenForItsConfiguredKeys() throws Exception {
        String shop = ApiKey.make("shop", new SecureRandom());
        String other = ApiKey.make("other", new SecureRandom());
        Path keys = Files.writeString(
                directory.resolve("keys.yaml"), """
                keys:
                  - {name: shop, sha256: [%s], topics: ["may-shop"]}
                  - {name: other, sha256: [%s], topics: ["*"]}
                """.formatted(ApiKey.hashOf(shop), ApiKey.hashOf(other)));
        try (RunningWadi wadi = RunningWadi.startIngest(
                Map.of("wadi.topics-file", topics(), "wadi.ingest.keys-file", keys.toString()))) {
            assertThat(List.of(
                            post(wadi, "select-color", null),
                            post(wadi, "may-any-key", null),
                            post(wadi, "may-shop", null)))
                    .containsExactly(200, 401, 401);
            assertThat(List.of(
                            post(wadi, "select-color", shop),
                            post(wadi, "may-any-key", shop),
                            post(wadi, "may-shop", shop)))
                    .containsExactly(200, 403, 200);
            assertThat(List.of(
                            post(wadi, "select-color", other),
                            post(wadi, "may-any-key", other),
                            post(wadi, "may-shop", other)))
                    .containsExactly(200, 200, 403);
        }
    }

    @Test
    void topicRestrictedToKeys_withoutAKeysFile_failsTheStart() {
        assertThatThrownBy(() -> RunningWadi.startIngest(Map.of("wadi.topics-file", topics())))
                .hasStackTraceContaining(
                        "topics.yaml: may-shop: ingest.keys names shop, but no keys are configured: set wadi.ingest.keys-file");
    }

    @Test
    void topicThatReceivesNoEventsOverSelect_isAWarning() throws Exception {
        String declared = TOPICS.replace("{keys: [shop]}", "{over: [select, events]}");
        try (Warnings warnings = new Warnings(IngestFeature.class.getName());
                RunningWadi wadi = RunningWadi.startIngest(Map.of("wadi.topics-file", topics(declared)))) {
            assertThat(post(wadi, "may-shop", null)).isEqualTo(200);
            assertThat(warnings.lines())
                    .containsExactly("topics.yaml: may-shop: ingest is open over select, but GET /api/select sends its"
                            + " events to select-color (wadi.web-events.topic)");
        }
    }

    @Test
    void publicAddress_withoutAuthentication_opensBrowserTopicsAndTopicsForAnyone() throws Exception {
        String declared = TOPICS.replace("keys: [shop]", "keys: [anyone]").replace(", keys: [anyone]}", "}");
        Map<String, String> settings = Map.of(
                "wadi.topics-file", topics(declared),
                "wadi.http.host", "0.0.0.0",
                "wadi.ingest.anonymous.enabled", "true");
        try (RunningWadi wadi = RunningWadi.startIngest(settings)) {
            assertThat(List.of(
                            post(wadi, "select-color", null),
                            post(wadi, "may-any-key", null),
                            post(wadi, "may-shop", null)))
                    .containsExactly(200, 401, 200);
        }
    }

    @Test
    void loopbackAddress_withoutAuthentication_opensAllTopics_butNotToProxiesOtherSitesAndNames() throws Exception {
        String declared = TOPICS.replace("keys: [shop]", "keys: [anyone]");
        try (RunningWadi wadi = RunningWadi.startIngest(Map.of("wadi.topics-file", topics(declared)))) {
            assertThat(post(wadi, "may-any-key", null)).isEqualTo(200);
            assertThat(send(wadi, "may-any-key", "Origin", "http://localhost:9876"))
                    .isEqualTo(200);
            for (String[] remote : List.of(
                    new String[] {"X-Forwarded-For", "192.0.2.1"}, new String[] {"Origin", "https://evil.example"})) {
                assertThat(List.of(
                                send(wadi, "select-color", remote),
                                send(wadi, "may-any-key", remote),
                                send(wadi, "may-shop", remote)))
                        .as(remote[0])
                        .containsExactly(200, 401, 200);
            }
            assertThat(get(wadi, "/topics", "localhost")).contains("\"may-any-key\"", "\"may-shop\"");
            assertThat(get(wadi, "/topics", "rebound.example:8080"))
                    .contains("\"may-shop\"")
                    .doesNotContain("may-any-key");
        }
    }

    /** Returns the response to a request with this {@code Host}, which Java's client does not send. */
    private static String get(RunningWadi wadi, String path, String host) throws Exception {
        return Http.exchange(
                wadi.eventsPort(), "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, host));
    }

    private String topics() throws Exception {
        return topics(TOPICS);
    }

    private String topics(String declared) throws Exception {
        return Files.writeString(directory.resolve("topics.yaml"), declared).toString();
    }

    private static int post(RunningWadi wadi, String topic, String key) throws Exception {
        return key == null ? send(wadi, topic) : send(wadi, topic, "Authorization", "Bearer " + key);
    }

    private static int send(RunningWadi wadi, String topic, String... headers) throws Exception {
        List<String> all = new ArrayList<>(List.of("Content-Type", "application/json"));
        all.addAll(List.of(headers));
        return Http.post(wadi.eventsUrl() + "/events/" + topic, "{\"n\":1}".getBytes(UTF_8), all.toArray(String[]::new))
                .statusCode();
    }
}
