package io.wadi.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.local.Ports;
import io.wadi.management.access.PasswordHash;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.OpenApi;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.TopicProbe;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queries of tables through the management port, on real Kafka. */
class TablesIT {
    private static final Instant TEN = Instant.parse("2026-11-21T10:00:00Z");
    private static final int PARTITIONS = 3;
    private static final OpenApi API = OpenApi.ofControl();

    @TempDir
    private Path directory;

    private final List<RunningWadi> running = new ArrayList<>();

    /** Limits the pipeline to the topologies and the error handling. */
    @BeforeEach
    void copyErrorRoute() throws Exception {
        Path routes = Files.createDirectories(directory.resolve("routes"));
        Files.copy(Path.of("routes", "errors.camel.yaml"), routes.resolve("errors.camel.yaml"));
    }

    @AfterEach
    void stop() {
        running.forEach(RunningWadi::close);
    }

    private RunningWadi start(Map<String, String> settings) throws Exception {
        Map<String, String> all = new HashMap<>(settings);
        all.put("wadi.streams.files", "*");
        all.put(
                "wadi.streams.state-directory",
                directory.resolve("state-" + running.size()).toString());
        RunningWadi wadi = RunningWadi.startConfigured(directory, all);
        running.add(wadi);
        return wadi;
    }

    private void write(String name, String file) throws Exception {
        Path streams = Files.createDirectories(directory.resolve("streams"));
        Files.writeString(streams.resolve(name + ".yaml"), file);
    }

    @Test
    void tablesOfAFile_areQueriedByName() throws Exception {
        for (String topic : List.of("kept.in", "kept.addresses", "kept.all", "kept.out")) {
            TopicProbe.create(topic, 2);
        }
        write("kept", """
                tables:
                  address: {topic: kept.addresses, value: json}
                  all: {topic: kept.all, key: long, global: true}
                flows:
                  - name: spent
                    from: {topic: kept.in, value: json}
                    steps:
                      - join: {table: address, missing: keep}
                      - aggregate: {orders: {count: true}, sum: {sum: {jq: .amount}}}
                    to: kept.out
                  - name: hours
                    from: kept.in
                    steps:
                      - window: {tumbling: 1h, keep: 3h}
                      - count: true
                    to: kept.out
                  - name: near
                    from: kept.in
                    steps:
                      - window: {sliding: 1m, grace: 3h}
                      - count: true
                    to: kept.out
                  - name: visits
                    from: kept.in
                    steps:
                      - window: {session: 10m, grace: 3h}
                      - count: true
                    to: kept.out
                """);
        KafkaProbe.send(record("kept.addresses", "al ice/1", "{\"city\":\"Seoul\",\"Token\":\"s3cret\"}", TEN));
        KafkaProbe.send(new ProducerRecord<>("kept.all", new byte[] {0, 0, 0, 0, 0, 0, 0, 7}, "seven".getBytes(UTF_8)));
        for (int minute : List.of(0, 5, 61, 62, 125)) {
            KafkaProbe.send(record("kept.in", "alice", "{\"amount\":1.5}", TEN.plusSeconds(60L * minute)));
        }
        RunningWadi wadi = start(Map.of());

        await().untilAsserted(() -> assertThat(body(wadi, "/tables/kept.spent/alice"))
                .isEqualTo("{\"table\":\"kept.spent\",\"key\":\"alice\",\"value\":{\"orders\":5,\"sum\":7.5}}"));
        await().untilAsserted(
                        () -> assertThat(body(wadi, "/tables/kept.address/al%20ice%2F1"))
                                .isEqualTo(
                                        "{\"table\":\"kept.address\",\"key\":\"al ice/1\",\"value\":{\"city\":\"Seoul\",\"Token\":\"•••\"}}"));
        await().untilAsserted(() -> assertThat(body(wadi, "/tables/kept.all/7"))
                .isEqualTo("{\"table\":\"kept.all\",\"key\":\"7\",\"value\":\"seven\"}"));

        await().untilAsserted(() ->
                assertThat(windows(wadi, "kept.hours/alice")).isEqualTo("12:00-13:00=1 11:00-12:00=2 10:00-11:00=2"));
        assertThat(windows(wadi, "kept.hours/alice?limit=1")).isEqualTo("12:00-13:00=1");
        assertThat(body(wadi, "/tables/kept.hours/alice?limit=1")).endsWith("],\"more\":true}");
        assertThat(body(wadi, "/tables/kept.hours/alice?limit=3")).endsWith("],\"more\":false}");
        assertThat(windows(wadi, "kept.hours/alice?to=2026-11-21T11:59:59Z")).isEqualTo("11:00-12:00=2 10:00-11:00=2");
        assertThat(windows(
                        wadi, "kept.hours/alice?from=" + TEN.plusSeconds(7200).toEpochMilli()))
                .isEqualTo("12:00-13:00=1");
        await().untilAsserted(() ->
                assertThat(windows(wadi, "kept.visits/alice")).isEqualTo("12:05-12:05=1 11:01-11:02=2 10:00-10:05=2"));
        assertThat(windows(wadi, "kept.visits/alice?from=2026-11-21T10:04:00Z&to=2026-11-21T12:00:00Z"))
                .isEqualTo("11:01-11:02=2");

        assertThat(rows(wadi, "kept.spent?rows=9")).isEqualTo("alice={\"orders\":5,\"sum\":7.5}");
        assertThat(rows(wadi, "kept.address?rows=9")).isEqualTo("al ice/1={\"city\":\"Seoul\",\"Token\":\"•••\"}");
        assertThat(rows(wadi, "kept.all?rows=9")).isEqualTo("7=\"seven\"");
        assertThat(rows(wadi, "kept.hours?rows=9&at=2026-11-21T11:30:00Z")).isEqualTo("alice 11:00-12:00=2");
        assertThat(rows(wadi, "kept.hours?rows=9&at=2026-11-21T12:00:00Z")).isEqualTo("alice 12:00-13:00=1");
        assertThat(rows(wadi, "kept.hours?rows=9")).as("now is another day").isEmpty();
        assertThat(rows(wadi, "kept.visits?rows=9")).isEqualTo("alice 12:05-12:05=1");
        assertThat(rows(wadi, "kept.near?rows=9&at=2026-11-21T11:02:00Z")).isEqualTo("alice 11:01-11:02=2");
        assertThat(rows(wadi, "kept.visits?rows=9&at=2026-11-21T11:02:00Z")).isEqualTo("alice 11:01-11:02=2");
        assertThat(rows(wadi, "kept.visits?rows=9&at=2026-11-21T11:30:00Z")).isEmpty();

        JsonNode all = Http.json(get(wadi, "/tables"));
        assertThat(all.findValuesAsText("name"))
                .containsExactly("kept.address", "kept.all", "kept.hours", "kept.near", "kept.spent", "kept.visits");
        assertThat(all.findValuesAsText("kind"))
                .containsExactly(
                        "table",
                        "global table",
                        "totals by tumbling windows of 1h",
                        "totals by sliding windows of 1m",
                        "totals",
                        "totals by session windows of 10m");
        assertThat(all.get(4)).hasToString(body(wadi, "/tables/kept.spent")).hasToString("""
                {"name":"kept.spent","file":"streams/kept.yaml","kind":"totals","key":"string",\
                "application":"wadi-kept","partitions":[0,1],"copies":[]}""");

        rejected(wadi, "/tables.kept/kept.spent/alice", 404, "no endpoint has this path");
        rejected(wadi, "/tables/kept.spend/alice", 404, "unknown table kept.spend; did you mean kept.spent?");
        rejected(wadi, "/tables/kept.spent/bob", 404, "kept.spent has no value for key bob");
        rejected(wadi, "/tables/kept.hours/alice?to=1", 404, "kept.hours has no window of this time for key alice");
        rejected(wadi, "/tables/kept.all/8", 404, "kept.all has no value for key 8");
        rejected(wadi, "/tables/kept.all/x", 400, "the key is \\\"x\\\", expected a number");
        assertThat(Http.get(wadi.managementUrl() + "/tables/kept.spent/a/b").body())
                .contains("with %2F for a slash in the key");
        rejected(wadi, "/tables/kept.hours/a?form=1", 400, "unknown parameter form; expected from, to, limit; did");
        rejected(wadi, "/tables/kept.hours?limit=1", 400, "unknown parameter limit; expected rows, at");
        rejected(wadi, "/tables/kept.hours?at=2026-11-21T12:00:00Z", 400, "at has no effect without rows");
        rejected(
                wadi,
                "/tables/kept.spent?rows=9&at=2026-11-21T12:00:00Z",
                400,
                "at has no effect on kept.spent, which has no windows");
        rejected(wadi, "/tables/kept.all?rows=9&at=0", 400, "at has no effect on kept.all, which has no windows");
        rejected(
                wadi, "/tables/kept.address/x?from=1", 400, "from has no effect on kept.address, which has no windows");
        rejected(wadi, "/tables/kept.spent/alice?to=1", 400, "to has no effect on kept.spent, which has no windows");
        rejected(wadi, "/tables?rows=9", 400, "unknown parameter rows; expected none");
        rejected(wadi, "/tables/kept.hours?rows=1&rows=2", 400, "parameter rows occurs 2 times; expected once");
        rejected(wadi, "/tables/kept.hours?rows=1001", 400, "rows is \\\"1001\\\"; expected a whole number from 1");
        rejected(wadi, "/tables/kept.hours?rows=1&at=x", 400, "at is \\\"x\\\"; expected a time such as 2026");
        rejected(wadi, "/tables/kept.hours/a?from=noon", 400, "from is \\\"noon\\\"; expected a time such as 2026");
        rejected(wadi, "/tables/kept.hours/a?from=", 400, "from is \\\"\\\"; expected a time such as 2026");
        rejected(wadi, "/tables/kept.hours/a?limit=", 400, "limit is \\\"\\\"; expected a whole number from 1");
        rejected(wadi, "/tables/kept.hours/a?limit=0", 400, "limit is \\\"0\\\"; expected a whole number from 1");
        rejected(wadi, "/tables/kept.hours/a?from=2&to=1", 400, "from is later than to");
        assertThat(Http.send("DELETE", wadi.managementUrl() + "/tables/kept.spent/alice")
                        .statusCode())
                .isEqualTo(405);
    }

    @Test
    void tableOfAStartingTopology_is503UntilItRuns() throws Exception {
        write("early", "{from: early.in, steps: [{count: true}], to: early.out}");
        RunningWadi wadi = start(Map.of());

        HttpResponse<String> answer = rejected(wadi, "/tables/early/a", 503, "streams/early.yaml is not running");
        assertThat(answer.headers().firstValue("Retry-After")).contains("1");

        TopicProbe.create("early.in", 1);
        TopicProbe.create("early.out", 1);
        KafkaProbe.send(record("early.in", "a", "1", TEN));
        await().untilAsserted(() -> assertThat(body(wadi, "/tables/early/a")).endsWith("\"value\":1}"));
    }

    @Test
    void keyOfAnotherInstance_isAnsweredByEither_withTheCallersRights() throws Exception {
        TopicProbe.create("shared.in", PARTITIONS);
        TopicProbe.create("shared.out", 1);
        write("shared", "{from: shared.in, steps: [{count: true}], to: shared.out}");
        Files.writeString(directory.resolve("users.yaml"), """
                users: [{name: vera, role: view, bcrypt: "%s"}]
                """.formatted(PasswordHash.of("verasecret".toCharArray())));
        RunningWadi one = start(advertised());
        RunningWadi other = start(advertised());
        String vera = "Basic " + Base64.getEncoder().encodeToString("vera:verasecret".getBytes(UTF_8));
        await().untilAsserted(() ->
                assertThat(partitions(one, vera) + partitions(other, vera)).isEqualTo(PARTITIONS));

        for (int key = 0; key < 20; key++) {
            KafkaProbe.send(record("shared.in", "k" + key, "", TEN));
        }
        // Not the partition that Kafka's partitioner would choose.
        int elsewhere = (Utils.toPositive(Utils.murmur2("moved".getBytes(UTF_8))) + 1) % PARTITIONS;
        for (int partition : List.of(elsewhere, elsewhere)) {
            KafkaProbe.send(new ProducerRecord<>("shared.in", partition, "moved".getBytes(UTF_8), new byte[0]));
        }
        for (RunningWadi wadi : List.of(one, other)) {
            for (int key = 0; key < 20; key++) {
                String path = "/tables/shared/k" + key;
                await().untilAsserted(() -> assertThat(body(wadi, path, vera)).endsWith("\"value\":1}"));
            }
            await().untilAsserted(() ->
                    assertThat(body(wadi, "/tables/shared/moved", vera)).endsWith("\"value\":2}"));
            HttpResponse<String> missing = get(wadi, "/tables/shared/nobody", "Authorization", vera);
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(missing.body()).isEqualTo("{\"error\":\"shared has no value for key nobody\"}");
        }

        assertThat(get(one, "/tables/shared/k1", "X", "y").statusCode()).isEqualTo(401);
        String cookie = Http.post(
                        one.managementUrl() + "/api/session",
                        "{\"user\":\"vera\",\"password\":\"verasecret\"}".getBytes(UTF_8))
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .replaceFirst(";.*", "");
        List<String> whereabouts = new ArrayList<>();
        for (int key = 0; key < 20; key++) {
            HttpResponse<String> answer = get(one, "/tables/shared/k" + key, "Cookie", cookie);
            if (answer.statusCode() == 421) {
                whereabouts.add(Http.json(answer).path("where").asText());
            } else {
                assertThat(answer.body()).endsWith("\"value\":1}");
            }
        }
        assertThat(whereabouts).isNotEmpty().hasSizeLessThan(20).allSatisfy(where -> {
            assertThat(where).startsWith(other.managementUrl() + "/tables/shared/k");
            assertThat(Http.get(where, "Authorization", vera).body()).endsWith("\"value\":1}");
        });

        // A forwarded request is not forwarded again.
        HttpResponse<String> hop = get(
                one,
                whereabouts.get(0).substring(other.managementUrl().length()),
                "Authorization",
                vera,
                "Wadi-Forwarded-To",
                "owner");
        assertThat(hop.statusCode()).isEqualTo(503);
        assertThat(hop.body()).contains("with this key is moving between instances: retry");
    }

    @Test
    @Nightly(perChange = "TablesIT#keyOfAnotherInstance_isAnsweredByEither_withTheCallersRights")
    void keyOfAnInstanceWithoutAnAdvertisedAddress_isReportedAsElsewhere() throws Exception {
        TopicProbe.create("hidden.in", PARTITIONS);
        TopicProbe.create("hidden.out", 1);
        write("hidden", "{from: hidden.in, steps: [{count: true}], to: hidden.out}");
        RunningWadi one = start(Map.of());
        RunningWadi other = start(Map.of());
        await().untilAsserted(() ->
                assertThat(partitions(one, "") + partitions(other, "")).isEqualTo(PARTITIONS));
        for (int key = 0; key < 10; key++) {
            KafkaProbe.send(record("hidden.in", "k" + key, "", TEN));
        }

        for (int key = 0; key < 10; key++) {
            String path = "/tables/hidden/k" + key;
            await().untilAsserted(() -> {
                List<HttpResponse<String>> answers = List.of(get(one, path), get(other, path));
                assertThat(answers).extracting(HttpResponse::statusCode).containsExactlyInAnyOrder(200, 421);
                assertThat(answers)
                        .anySatisfy(answer -> assertThat(answer.body())
                                .contains("to which this key belongs, is in another instance"
                                        + " of unknown address: set wadi.streams.advertised-address there"));
            });
        }
    }

    private Map<String, String> advertised() throws Exception {
        int port = Ports.free();
        return Map.of(
                "wadi.management.port", Integer.toString(port),
                "wadi.streams.advertised-address", "localhost:" + port,
                "wadi.management.users-file", directory.resolve("users.yaml").toString());
    }

    private static int partitions(RunningWadi wadi, String authorization) throws Exception {
        JsonNode all = Http.json(get(wadi, "/tables", "Authorization", authorization));
        int partitions = all.path(0).path("partitions").size();
        return partitions == PARTITIONS ? 0 : partitions;
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String key, String value, Instant time) {
        return new ProducerRecord<>(topic, null, time.toEpochMilli(), key.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private static HttpResponse<String> get(RunningWadi wadi, String path, String... headers) throws Exception {
        HttpResponse<String> answer = Http.get(wadi.managementUrl() + path, headers);
        // A response with 401 does not come from the table.
        if (answer.statusCode() != 401) {
            assertThat(API.violations(
                            "GET",
                            path.replaceFirst("\\?.*", ""),
                            answer.statusCode(),
                            answer.headers().firstValue("Content-Type").orElse(""),
                            answer.body()))
                    .isEmpty();
        }
        return answer;
    }

    private static String body(RunningWadi wadi, String path) throws Exception {
        return get(wadi, path).body();
    }

    private static String body(RunningWadi wadi, String path, String authorization) throws Exception {
        return get(wadi, path, "Authorization", authorization).body();
    }

    /** Returns the windows, such as {@code 11:00-12:00=2}. */
    private static String windows(RunningWadi wadi, String path) throws Exception {
        List<String> windows = new ArrayList<>();
        for (JsonNode window : Http.json(get(wadi, "/tables/" + path)).path("windows")) {
            windows.add("%s-%s=%s"
                    .formatted(
                            window.path("start").asText().substring(11, 16),
                            window.path("end").asText().substring(11, 16),
                            window.path("value")));
        }
        return String.join(" ", windows);
    }

    /** Returns the rows, such as {@code alice 11:00-12:00=2}. */
    private static String rows(RunningWadi wadi, String path) throws Exception {
        JsonNode answer = Http.json(get(wadi, "/tables/" + path));
        assertThat(answer.path("more").asBoolean(true)).isFalse();
        List<String> rows = new ArrayList<>();
        for (JsonNode row : answer.path("rows")) {
            String window = row.has("start")
                    ? " %s-%s"
                            .formatted(
                                    row.path("start").asText().substring(11, 16),
                                    row.path("end").asText().substring(11, 16))
                    : "";
            rows.add(row.path("key").asText() + window + "=" + row.path("value"));
        }
        return String.join(" ", rows);
    }

    private static HttpResponse<String> rejected(RunningWadi wadi, String path, int code, String why) throws Exception {
        HttpResponse<String> answer = get(wadi, path);
        assertThat(answer.body()).contains(why);
        assertThat(answer.statusCode()).isEqualTo(code);
        return answer;
    }
}
