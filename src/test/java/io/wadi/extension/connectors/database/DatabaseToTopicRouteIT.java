package io.wadi.extension.connectors.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.extension.connectors.ConnectorRoutes;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.OwnPostgres;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.StartedServers;
import io.wadi.testing.TopicProbe;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** {@code routes/database-to-topic.camel.yaml} as shipped, on real Kafka and a real PostgreSQL. */
@EnabledIf(value = "io.wadi.testing.OwnPostgres#isInstalled", disabledReason = "no PostgreSQL on this machine")
class DatabaseToTopicRouteIT {
    private static final String TOPIC = "database-to-topic";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path configuration;

    private static OwnPostgres database;
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        database = OwnPostgres.start();
        database.run("""
                CREATE TABLE things (id bigserial PRIMARY KEY, small smallint, price numeric(20,4), ratio double precision,
                    flag boolean, at timestamptz, day date, details jsonb, tags text[], photo bytea, card text, name text);
                CREATE TABLE changed (id int PRIMARY KEY, updated timestamptz DEFAULT clock_timestamp(), v text);
                CREATE TABLE queued (id bigserial PRIMARY KEY, v text);
                CREATE TABLE pairs (a int, b int, UNIQUE (a, b));
                CREATE TABLE paid (id int PRIMARY KEY, total money, totals money[], lasts interval);
                CREATE TABLE typed (id int PRIMARY KEY, price numeric(9,2), at timestamp, day date, n int)""");
        for (String each : List.of("things", "changed", "queued", "pairs", "paid", "typed")) {
            TopicProbe.create(topic(each), 1);
        }
        wadi = ConnectorRoutes.start(
                configuration,
                route(
                                "things",
                                "id",
                                Map.of(
                                        "transforms",
                                        ConnectorRoutes.transforms(
                                                "transforms=mask,rename",
                                                "transforms.mask.type=org.apache.kafka.connect.transforms.MaskField$Value",
                                                "transforms.mask.fields=card",
                                                "transforms.mask.replacement=****",
                                                "transforms.rename.type=org.apache.kafka.connect.transforms.ReplaceField$Value",
                                                "transforms.rename.renames=name:label",
                                                "transforms.rename.exclude=photo")))
                        + route("changed", "updated,id", Map.of())
                        + route("queued", "id", Map.of("rows", "3"))
                        + route("pairs", "a,b", Map.of("rows", "1"))
                        + route("paid", "id", Map.of())
                        + route("typed", "id", Map.of("value", "json-schema")),
                Map.of(
                        "wadi.database.url",
                        database.url() + "?sslmode=disable&tcpKeepAlive=true",
                        "wadi.database.user",
                        database.user(),
                        "wadi.health.down-after",
                        "1s",
                        "wadi.health.up-after",
                        "1s"));
    }

    private static String topic(String table) {
        return TOPIC + "-" + table;
    }

    private static String route(String table, String by, Map<String, String> more) {
        Map<String, String> parameters = new HashMap<>(more);
        parameters.putAll(Map.of("topic", topic(table), "table", table, "by", by, "every", "100ms"));
        return ConnectorRoutes.route("database-to-topic", "from-" + table, parameters);
    }

    @AfterAll
    static void stop() throws Exception {
        StartedServers.close(wadi, database);
    }

    @Test
    void row_becomesARecordKeyedByItsPrimaryKey_withEachTypeAsJson() throws Exception {
        database.run("""
                INSERT INTO things VALUES (1, 2, 12345678901234.5600, 0.25, true, '2026-11-22 08:00:00.123456+01', '2026-11-22',
                    '{"a": [1, null]}', '{x,NULL}', '\\x000102', '4111', 'one');
                INSERT INTO things (id) VALUES (2)""");

        List<ConsumerRecord<byte[], byte[]>> records = records("things", 2);

        assertThat(text(records.get(0).key())).isEqualTo("{\"id\":1}");
        assertThat(text(records.get(0).value())).isEqualTo("""
                {"id":1,"small":2,"price":12345678901234.5600,"ratio":0.25,"flag":true,"at":"2026-11-22T07:00:00.123456Z",\
                "day":"2026-11-22","details":{"a":[1,null]},"tags":["x",null],"card":"****","label":"one"}""");
        assertThat(JSON.readTree(records.get(1).value()).path("label").isNull()).isTrue();
    }

    /** pgjdbc reports money as double, and parses neither separators nor so long an interval. */
    @Test
    void valueThatPgjdbcCannotParse_isAString() throws Exception {
        database.run("""
                INSERT INTO paid VALUES (1, '1234.5', '{1.56,NULL,-2000}', '2562047788 hours');
                INSERT INTO paid (id) VALUES (2)""");

        assertThat(records("paid", 2)).extracting(each -> text(each.value())).containsExactly("""
                {"id":1,"total":"$1,234.50","totals":["$1.56",null,"-$2,000.00"],"lasts":"2562047788:00:00"}""", """
                {"id":2,"total":null,"totals":null,"lasts":null}""");
    }

    @Test
    void changedRow_isSentAgain() throws Exception {
        database.run("INSERT INTO changed (id, v) VALUES (1, 'a'), (2, 'b')");
        await().until(() -> count(1) >= 1);
        assertThat(count(1)).isEqualTo(1);
        database.run("UPDATE changed SET v = 'c', updated = clock_timestamp() WHERE id = 1");

        await().until(() -> count(1) >= 2);
        assertThat(count(1)).isEqualTo(2);
        assertThat(KafkaProbe.readAll(topic("changed")))
                .extracting(each -> text(each.value()))
                .anyMatch(each -> each.contains("\"id\":1,") && each.contains("\"v\":\"c\""));
    }

    /** A row with a smaller number is committed after rows with larger numbers. */
    @Test
    void rowCommittedLate_isNotSkipped() throws Exception {
        try (Connection late = database.connect();
                Statement statement = late.createStatement()) {
            late.setAutoCommit(false);
            statement.execute("INSERT INTO queued (v) VALUES ('late')");
            for (int i = 0; i < 10; i++) {
                database.run("INSERT INTO queued (v) VALUES ('early')");
            }
            // Rows of another table show that the readers are polling.
            database.run("INSERT INTO changed (id, v) VALUES (100, 'z')");
            await().until(() -> KafkaProbe.readAll(topic("changed")).stream()
                    .anyMatch(each -> text(each.value()).contains("\"id\":100")));
            assertThat(KafkaProbe.readAll(topic("queued"))).isEmpty();
            late.commit();
        }

        assertThat(records("queued", 11))
                .extracting(each -> JSON.readTree(each.value()).path("id").asInt())
                .containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }

    /** An offset after such a row could not be compared. */
    @Test
    void rowWithNullInTheOffsetColumn_isNotRead() throws Exception {
        database.run("INSERT INTO pairs VALUES (5, 1), (5, NULL), (NULL, 5), (6, 1), (7, NULL)");

        assertThat(records("pairs", 2))
                .extracting(each -> text(each.value()))
                .containsExactly("{\"a\":5,\"b\":1}", "{\"a\":6,\"b\":1}");
    }

    @Test
    void jsonWithSchema_matchesKafkaConnect() throws Exception {
        database.run("INSERT INTO typed VALUES (7, 12.50, '2026-11-22 07:00:00', '1970-01-02', NULL)");

        JsonNode record = JSON.readTree(records("typed", 1).get(0).value());

        assertThat(record.path("payload")).isEqualTo(JSON.readTree("""
                {"id":7,"price":"BOI=","at":1795330800000,"day":1,"n":null}"""));
        assertThat(record.path("schema").path("fields")).isEqualTo(JSON.readTree("""
                [{"type":"int32","optional":true,"field":"id"},
                 {"type":"bytes","optional":true,"name":"org.apache.kafka.connect.data.Decimal","version":1,"parameters":{"scale":"2"},"field":"price"},
                 {"type":"int64","optional":true,"name":"org.apache.kafka.connect.data.Timestamp","version":1,"field":"at"},
                 {"type":"int32","optional":true,"name":"org.apache.kafka.connect.data.Date","version":1,"field":"day"},
                 {"type":"int32","optional":true,"field":"n"}]"""));
    }

    @Test
    void unavailableDatabase_isReportedByHealth_andReadingResumesAtItsOffset() throws Exception {
        database.run("INSERT INTO changed (id, v) VALUES (200, 'before')");
        await().until(() -> count(200) >= 1);
        assertThat(count(200)).isEqualTo(1);
        database.kill();

        await().untilAsserted(() -> assertThat(health()).contains("changed in postgresql://localhost:", "refused"));
        database.restart();
        database.run("INSERT INTO changed (id, v) VALUES (201, 'after')");

        await().until(() -> count(201) >= 1);
        assertThat(count(201)).isEqualTo(1);
        assertThat(count(200)).isEqualTo(1);
        await().untilAsserted(() -> assertThat(health()).doesNotContain("refused"));
    }

    @Test
    void route_isListedAsASourceConnectorWithItsTopic() throws Exception {
        JsonNode connector = Http.json(Http.get(wadi.managementUrl() + "/connectors/from-things/status"));
        JsonNode topics = Http.json(Http.get(wadi.managementUrl() + "/connectors/from-things/topics"));

        assertThat(connector.path("type").asText()).isEqualTo("source");
        assertThat(topics.at("/from-things/topics/0").asText()).isEqualTo(topic("things"));
    }

    private static long count(int id) {
        return KafkaProbe.readAll(topic("changed")).stream()
                .filter(each -> text(each.value()).contains("\"id\":" + id + ","))
                .count();
    }

    private static String health() throws Exception {
        return Http.get(wadi.managementUrl() + "/observe/health?data=true")
                .body()
                .replace("\\/", "/");
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String table, int count) {
        await().until(() -> KafkaProbe.readAll(topic(table)).size() >= count);
        return KafkaProbe.readAll(topic(table));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
