package io.wadi.extension.connectors.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.extension.connectors.ConnectorRoutes;
import io.wadi.testing.Http;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.OwnPostgres;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.StartedServers;
import io.wadi.testing.TopicProbe;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** {@code routes/topic-to-database.camel.yaml} as shipped, on real Kafka and a real PostgreSQL. */
@EnabledIf(value = "io.wadi.testing.OwnPostgres#isInstalled", disabledReason = "no PostgreSQL on this machine")
class TopicToDatabaseRouteIT {
    private static final String TOPIC = "topic-to-database";

    @TempDir
    private static Path configuration;

    private static OwnPostgres database;
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        database = OwnPostgres.start();
        database.run("""
                CREATE TABLE buyers (id text PRIMARY KEY);
                INSERT INTO buyers VALUES ('alice'), ('bob');
                CREATE TABLE orders (id bigint PRIMARY KEY, buyer text NOT NULL REFERENCES buyers, price numeric(20,4),
                    at timestamptz, details jsonb, photo bytea, paid boolean DEFAULT false);
                CREATE TABLE few (a int, b text, c int, d text DEFAULT 'd', PRIMARY KEY (a, b));
                CREATE TABLE log (kafka_topic text, kafka_partition int, kafka_offset bigint, value text,
                    PRIMARY KEY (kafka_topic, kafka_partition, kafka_offset));
                CREATE TABLE keyless (a int)""");
        for (String each : List.of("", "-few", "-log", "-keyless")) {
            TopicProbe.create(TOPIC + each, 1);
        }
        wadi = ConnectorRoutes.start(
                configuration,
                route(
                                "orders",
                                "",
                                Map.of(
                                        "transforms",
                                        ConnectorRoutes.transforms(
                                                "transforms=rename,time",
                                                "transforms.rename.type=org.apache.kafka.connect.transforms.ReplaceField$Value",
                                                "transforms.rename.renames=when:at,cost:price",
                                                "transforms.rename.exclude=secret",
                                                "transforms.time.type=org.apache.kafka.connect.transforms.TimestampConverter$Value",
                                                "transforms.time.field=at",
                                                "transforms.time.target.type=Timestamp",
                                                "transforms.time.predicate=isTimed",
                                                "predicates=isTimed",
                                                "predicates.isTimed.type=org.apache.kafka.connect.transforms.predicates.HasHeaderKey",
                                                "predicates.isTimed.name=timed")))
                        + route("few", "-few", Map.of("deletes", "true", "ignoreUnknownFields", "true"))
                        + route("log", "-log", Map.of("value", "string", "coordinates", "true"))
                        + route("keyless", "-keyless", Map.of()),
                Map.of(
                        "wadi.database.url",
                        database.url(),
                        "wadi.database.user",
                        database.user(),
                        "wadi.health.down-after",
                        "1s",
                        "wadi.health.up-after",
                        "1s"));
    }

    private static String route(String table, String suffix, Map<String, String> more) {
        Map<String, String> parameters = new HashMap<>(more);
        parameters.putAll(Map.of("topic", TOPIC + suffix, "group", TOPIC + suffix, "table", table));
        return ConnectorRoutes.route("topic-to-database", "to-" + table, parameters);
    }

    @AfterAll
    static void stop() throws Exception {
        StartedServers.close(wadi, database);
    }

    @Test
    void record_isWrittenToTheRowOfItsKey_withItsFieldsAsColumns() throws Exception {
        ProducerRecord<byte[], byte[]> timed = new ProducerRecord<>(TOPIC, 0, null, """
                {"id":1,"buyer":"alice","cost":12345678901234.5600,"when":1763794800123,"details":{"a":[1,null]},\
                "photo":"AAEC","secret":"s"}""".getBytes(UTF_8));
        timed.headers().add("timed", new byte[0]);
        KafkaProbe.send(timed);
        send("", null, "{\"id\":2,\"buyer\":\"bob\",\"paid\":true}");
        send("", null, "{\"id\":1,\"buyer\":\"bob\"}");

        await().until(() -> rows("SELECT buyer FROM orders WHERE id = 1").equals(List.of("bob")));

        assertThat(
                        rows(
                                "SELECT id, buyer, price, at AT TIME ZONE 'UTC', details, photo, paid FROM orders WHERE id < 10 ORDER BY id"))
                .containsExactly(
                        "1,bob,12345678901234.5600,2025-11-22 07:00:00.123,{\"a\": [1, null]},\\x000102,f",
                        "2,bob,null,null,null,null,t");
    }

    @Test
    void constraintViolation_isADeadLetterWithTheDatabasesMessage_othersAreWritten() throws Exception {
        RecordMetadata before = send("", null, "{\"id\":10,\"buyer\":\"alice\"}");
        RecordMetadata stranger = send("", null, "{\"id\":11,\"buyer\":\"mallory\"}");
        RecordMetadata unnamed = send("", null, "{\"id\":12}");
        RecordMetadata wrong = send("", null, "{\"id\":\"one\",\"buyer\":\"bob\"}");
        RecordMetadata unknown = send("", null, "{\"id\":13,\"buyer\":\"bob\",\"colour\":\"red\"}");
        RecordMetadata bytes = send("", null, "{\"id\":14,\"buyer\":\"bob\",\"photo\":\"?\"}");
        RecordMetadata huge = send("", null, "{\"id\":16,\"buyer\":\"bob\",\"cost\":1e999999999}");
        RecordMetadata hugeKey = send("", null, "{\"id\":1e999999999,\"buyer\":\"bob\"}");
        RecordMetadata keyless = send("", null, "{\"buyer\":\"bob\"}");
        RecordMetadata noJson = send("", null, "nonsense");
        send("", null, "{\"id\":15,\"buyer\":\"alice\"}");

        await().until(() -> rows("SELECT id FROM orders WHERE id = 15").size() == 1);

        assertThat(rows("SELECT id FROM orders WHERE id BETWEEN 10 AND 15 ORDER BY id"))
                .containsExactly("10", "15");
        assertThat(message(stranger))
                .startsWith("ERROR: insert or update on table \"orders\" violates foreign key constraint")
                .contains("Key (buyer)=(mallory) is not present in table \"buyers\".");
        assertThat(message(unnamed))
                .startsWith("ERROR: null value in column \"buyer\" of relation \"orders\" violates not-null");
        assertThat(message(wrong)).startsWith("ERROR: invalid input syntax for type bigint: \"one\"");
        assertThat(message(unknown))
                .startsWith("the field colour is not a column of \"orders\", which has id, buyer, price,");
        assertThat(message(bytes)).isEqualTo("the column photo accepts bytes, as Base64");
        String bound =
                " accepts numbers of at most 1000 digits with an exponent within ±1000, found an exponent of 999999999";
        assertThat(message(huge)).isEqualTo("the column price" + bound);
        assertThat(message(hugeKey)).isEqualTo("the column id" + bound);
        assertThat(message(keyless))
                .isEqualTo("neither the value nor the key has id, a column of the key of \"orders\"");
        assertThat(message(noJson)).startsWith("not JSON: line 1, column ");
        assertThat(KafkaProbe.deadLetters(before, "to-orders")).isEmpty();
    }

    @Test
    void missingFields_leaveTheirColumnsUnchanged_alsoWithinOneBatch() throws Exception {
        send("-few", "{\"a\":1,\"b\":\"x\"}", "{\"c\":5,\"other\":true}");
        send("-few", "{\"a\":1,\"b\":\"x\"}", "{\"d\":\"later\"}");
        send("-few", "{\"a\":2,\"b\":\"y\"}", "{\"c\":6}");
        send("-few", "{\"a\":3,\"b\":\"z\"}", "{\"c\":7,\"d\":\"gone\"}");
        send("-few", "{\"a\":3,\"b\":\"z\"}", null);
        send("-few", "{\"a\":3,\"b\":\"z\"}", "{\"c\":8}");
        send("-few", "{\"a\":2,\"b\":\"y\"}", null);
        send("-few", "{\"a\":9,\"b\":\"\"}", "{\"c\":9}");

        await().until(() -> rows("SELECT a FROM few WHERE a = 9").size() == 1);

        assertThat(rows("SELECT * FROM few ORDER BY a")).containsExactly("1,x,5,later", "3,z,8,d", "9,,9,d");
    }

    @Test
    void textRecords_areInsertedKeyedByTheirOffset() throws Exception {
        send("-log", null, "hello");
        send("-log", null, "hello");

        await().until(() -> rows("SELECT * FROM log").size() == 2);

        assertThat(rows("SELECT kafka_offset, value, kafka_topic FROM log ORDER BY kafka_offset"))
                .containsExactly("0,hello," + TOPIC + "-log", "1,hello," + TOPIC + "-log");
    }

    @Test
    void tableWithoutAPrimaryKey_isNotWrittenTo_andHealthReportsIt() throws Exception {
        send("-keyless", null, "{\"a\":1}");

        await().untilAsserted(() ->
                assertThat(health()).contains("\\\"keyless\\\" in postgresql://localhost:", "has no primary key"));
        assertThat(rows("SELECT a FROM keyless")).isEmpty();
        database.run("ALTER TABLE keyless ADD PRIMARY KEY (a)");

        await().until(() -> rows("SELECT a FROM keyless").equals(List.of("1")));
    }

    @Test
    void unavailableDatabase_pausesTheRoute_whichResumesByItself() throws Exception {
        send("", null, "{\"id\":20,\"buyer\":\"alice\"}");
        await().until(() -> rows("SELECT id FROM orders WHERE id = 20").size() == 1);
        database.kill();
        RecordMetadata meanwhile = send("", null, "{\"id\":21,\"buyer\":\"alice\"}");

        await().untilAsserted(() -> assertThat(health()).contains("DatabaseException: postgresql://localhost:"));
        database.restart();

        await().until(() -> rows("SELECT id FROM orders WHERE id = 21").size() == 1);
        assertThat(KafkaProbe.deadLetters(meanwhile, "to-orders")).isEmpty();
        await().untilAsserted(() -> assertThat(health()).doesNotContain("DatabaseException"));
    }

    @Test
    void rowsMissingAfterADatabaseRestore_areWrittenAgain() throws Exception {
        RecordMetadata lost = send("", null, "{\"id\":30,\"buyer\":\"alice\"}");
        await().until(() -> rows("SELECT id FROM orders WHERE id = 30").size() == 1);
        database.run("""
                DELETE FROM orders WHERE id = 30;
                UPDATE wadi_offsets SET next_offset = %d WHERE topic = '%s'""".formatted(lost.offset(), TOPIC));

        send("", null, "{\"id\":31,\"buyer\":\"alice\"}");

        await().until(() -> rows("SELECT id FROM orders WHERE id IN (30, 31)").size() == 2);
    }

    private static String health() throws Exception {
        return Http.get(wadi.managementUrl() + "/observe/health?data=true")
                .body()
                .replace("\\/", "/");
    }

    private static List<String> rows(String sql) {
        return database.query(sql);
    }

    private static RecordMetadata send(String suffix, String key, String value) throws Exception {
        return KafkaProbe.send(new ProducerRecord<>(
                TOPIC + suffix,
                0,
                key == null ? null : key.getBytes(UTF_8),
                value == null ? null : value.getBytes(UTF_8)));
    }

    /** Returns the message of a record's only dead letter. */
    private static String message(RecordMetadata failed) {
        await().until(() -> !KafkaProbe.deadLetters(failed, "to-orders").isEmpty());
        List<ConsumerRecord<byte[], byte[]>> deadLetters = KafkaProbe.deadLetters(failed, "to-orders");
        assertThat(deadLetters).hasSize(1);
        return KafkaProbe.header(deadLetters.get(0), "__connect.errors.exception.message");
    }
}
