package io.wadi.extension.connectors.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.extension.connectors.source.PolledRecord;
import io.wadi.testing.OwnPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Polls of tables of a real PostgreSQL. */
@EnabledIf(value = "io.wadi.testing.OwnPostgres#isInstalled", disabledReason = "no PostgreSQL on this machine")
class TableReaderIT {
    @AutoClose
    private static OwnPostgres database;

    @BeforeAll
    static void start() throws Exception {
        database = OwnPostgres.start();
    }

    @BeforeEach
    void clear() {
        database.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    }

    private static TableReader reader(String table, String by, Duration settle) throws SQLException {
        return reader(database, table, by, settle, Map.of());
    }

    private static TableReader reader(
            OwnPostgres server, String table, String by, Duration settle, Map<String, String> offsets)
            throws SQLException {
        Connections.Address address = new Connections.Address(server.url(), server.user(), "", Duration.ofSeconds(30));
        TableReader reader = new TableReader(
                new Connections(address), new TableReader.Plan(table, OffsetColumns.of(by), settle, 2000, List.of()));
        reader.start(offsets);
        return reader;
    }

    /** Polls until there are no more rows, and returns the ids of the rows of each poll. */
    private static List<List<Integer>> polls(TableReader reader) throws SQLException {
        List<List<Integer>> polls = new ArrayList<>();
        for (List<PolledRecord> records = reader.poll().records();
                !records.isEmpty();
                records = reader.poll().records()) {
            polls.add(records.stream()
                    .map(each -> ((Struct) each.record().value()).getInt32("id"))
                    .toList());
        }
        return polls;
    }

    @Test
    void poll_endsWithTheRowThatReaches4MiB() throws Exception {
        database.run("""
                CREATE TABLE documents (id int PRIMARY KEY, body text, photo bytea, details jsonb);
                INSERT INTO documents (id, body) SELECT n, repeat('x', 1 << 20) FROM generate_series(1, 5) n;
                INSERT INTO documents (id, photo) SELECT n, decode(repeat('00', 1 << 20), 'hex') FROM generate_series(6, 9) n;
                INSERT INTO documents (id, details)
                  SELECT n, to_jsonb(repeat('x', 5 << 20)) FROM generate_series(10, 11) n;
                INSERT INTO documents (id) SELECT n FROM generate_series(12, 13) n""");

        try (TableReader reader = reader("documents", "id", Duration.ZERO)) {
            assertThat(polls(reader))
                    .containsExactly(
                            List.of(1, 2, 3, 4), List.of(5, 6, 7, 8), List.of(9, 10), List.of(11), List.of(12, 13));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Asia/Tokyo", "America/New_York"})
    void timeWithoutAZone_settlesInUtc_whateverTheMachinesZone(String zone) throws Exception {
        database.run("""
                CREATE TABLE stamped (id int PRIMARY KEY, at timestamp);
                INSERT INTO stamped SELECT n, now() AT TIME ZONE 'UTC' - (2 - n) * interval '2 hours'
                  FROM generate_series(1, 2) n""");
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone(zone));
        try (TableReader reader = reader("stamped", "at,id", Duration.ofHours(1))) {
            assertThat(polls(reader)).containsExactly(List.of(1));
        } finally {
            TimeZone.setDefault(before);
        }
    }

    /** Elements are converted like scalars; in this zone, 02:30 does not exist on that day. */
    @Test
    void elementsOfArrays_areBase64AndTimesInUtc_whateverTheMachinesZone() throws Exception {
        database.run("""
                CREATE TABLE lists (id int PRIMARY KEY, photos bytea[], times timestamptz[],
                  locals timestamp[][], days date[], ints int[], reals real[], flags boolean[], prices numeric[]);
                INSERT INTO lists VALUES (1, '{"\\\\x0001",NULL}', '{2026-11-27 08:00:00.123456+00,infinity}',
                  '{{2026-03-29 02:30:00,2026-11-27 08:00:00}}', '{2026-03-29}', '{1,NULL}', '{0.1,NaN}', '{t}', '{1.50}')""");
        TimeZone before = TimeZone.getDefault();
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
        try (TableReader reader = reader("lists", "id", Duration.ZERO)) {
            Struct row = (Struct) reader.poll().records().get(0).record().value();

            assertThat(row.getArray("photos")).asString().isEqualTo("[AAE=, null]");
            assertThat(row.getArray("times")).asString().isEqualTo("[2026-11-27T08:00:00.123456Z, infinity]");
            assertThat(row.getArray("locals")).asString().isEqualTo("[[2026-03-29T02:30:00Z, 2026-11-27T08:00:00Z]]");
            assertThat(row.getArray("days")).asString().isEqualTo("[2026-03-29]");
            assertThat(row.<Object>getArray("ints")).containsExactly(1L, null);
            assertThat(row.<Object>getArray("reals")).containsExactly(0.1, Double.NaN);
            assertThat(row.<Object>getArray("flags")).containsExactly(true);
            assertThat(row.<Object>getArray("prices")).containsExactly("1.50");
        } finally {
            TimeZone.setDefault(before);
        }
    }

    /** If the other column were the offset, the rows from 4 to 7 would be skipped. */
    @Test
    void columnsWithNamesThatDifferInCase_areReadByTheOneThatIsNamed() throws Exception {
        database.run("""
                CREATE TABLE cased ("ID" int, id int PRIMARY KEY);
                INSERT INTO cased SELECT 10 - n, n FROM generate_series(1, 3) n""");
        try (TableReader reader = reader("cased", "id", Duration.ZERO)) {
            assertThat(reader.poll().offsets().get("cased")).contains("[\"3\"]");
            assertThat(reader.poll().records()).isEmpty();
        }
    }

    @Test
    void nestedArray_thatBeginsWithNulls_hasTheTypeOfItsValues() throws Exception {
        database.run("""
                CREATE TABLE grids (id int PRIMARY KEY, cells int[][]);
                INSERT INTO grids VALUES (1, '{{NULL,NULL},{1,2}}')""");
        try (TableReader reader = reader("grids", "id", Duration.ZERO)) {
            Struct row = (Struct) reader.poll().records().get(0).record().value();

            assertThat(row.getArray("cells")).asString().isEqualTo("[[null, null], [1, 2]]");
        }
    }

    @Test
    void columnOfJsonpath_isAString() throws Exception {
        database.run("CREATE TABLE paths (id int PRIMARY KEY, p jsonpath); INSERT INTO paths VALUES (1, '$.a')");

        try (TableReader reader = reader("paths", "id", Duration.ZERO)) {
            Struct row = (Struct) reader.poll().records().get(0).record().value();

            assertThat(row.schema().field("p").schema()).isEqualTo(Schema.OPTIONAL_STRING_SCHEMA);
        }
    }

    @Test
    void view_isRejected_becauseItsWritersCannotBeFound() {
        database.run("CREATE TABLE orders (id int PRIMARY KEY); CREATE VIEW open_orders AS SELECT id FROM orders");

        assertThatThrownBy(() -> reader("open_orders", "id", Duration.ZERO))
                .isInstanceOf(DatabaseException.class)
                .hasMessageStartingWith("\"open_orders\" is not a table that transactions lock");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE whole (id int PRIMARY KEY); CREATE TABLE part () INHERITS (whole)",
                "CREATE TABLE whole (id int PRIMARY KEY) PARTITION BY RANGE (id);"
                        + " CREATE TABLE part PARTITION OF whole FOR VALUES FROM (0) TO (9)"
            })
    void openTransactionOfAChildTable_delaysLaterRows(String tables) throws Exception {
        database.run(tables);
        try (TableReader reader = reader("whole", "id", Duration.ZERO);
                Connection late = database.connect();
                Statement statement = late.createStatement()) {
            late.setAutoCommit(false);
            statement.execute("INSERT INTO part VALUES (1)");
            database.run("INSERT INTO part VALUES (2)");

            assertThat(polls(reader)).isEmpty();
            late.commit();
            assertThat(polls(reader)).containsExactly(List.of(1, 2));
        }
    }

    /**
     * The next poll begins after the values of the last row read, so it would skip the other rows with these values.
     */
    @Test
    void columnsThatDoNotIdentifyARow_areRejected() throws Exception {
        database.run("""
                CREATE TABLE orders (id int PRIMARY KEY, code int, at timestamptz);
                CREATE UNIQUE INDEX ON orders (code) WHERE code > 10;
                INSERT INTO orders SELECT n, n, '2026-11-27 08:00:00Z' FROM generate_series(1, 5000) n""");

        for (String by : List.of("at", "code", "code,at")) {
            assertThatThrownBy(() -> reader("orders", by, Duration.ZERO))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessage(
                            "by is %s, which does not identify a row of \"orders\": rows with equal values would be"
                                    + " skipped; expected all columns of the primary key or of a unique index among"
                                    + " them, such as %s,id",
                            by, by);
        }
        try (TableReader reader = reader("orders", "at,id", Duration.ZERO)) {
            assertThat(polls(reader)).extracting(List::size).containsExactly(2000, 2000, 1000);
        }
    }

    @Test
    void columnsOfAUniqueIndex_identifyARow() throws Exception {
        database.run("CREATE TABLE pairs (id int, b int, c int); CREATE UNIQUE INDEX ON pairs (b, id) INCLUDE (c);"
                + " INSERT INTO pairs VALUES (2, 1), (1, 1)");

        try (TableReader reader = reader("pairs", "b,id", Duration.ZERO)) {
            assertThat(polls(reader)).containsExactly(List.of(1, 2));
        }
    }

    @Test
    void columnAddedWhileReading_isInLaterRows() throws Exception {
        database.run("CREATE TABLE notes (id int PRIMARY KEY); INSERT INTO notes VALUES (1)");
        try (TableReader reader = reader("notes", "id", Duration.ZERO)) {
            assertThat(polls(reader)).containsExactly(List.of(1));

            database.run("ALTER TABLE notes ADD note text; INSERT INTO notes VALUES (2, 'x')");

            Struct row = (Struct) reader.poll().records().get(0).record().value();
            assertThat(row.getString("note")).isEqualTo("x");
        }
    }

    @Test
    void otherColumnsThanThoseOfTheOffset_areRejected() throws Exception {
        database.run("CREATE TABLE orders (id int PRIMARY KEY, number int UNIQUE); INSERT INTO orders VALUES (7, 1)");
        Map<String, String> offsets;
        try (TableReader reader = reader("orders", "id", Duration.ZERO)) {
            offsets = reader.poll().offsets();
        }

        assertThat(offsets).containsExactly(Map.entry("orders", "{\"by\":[\"id\"],\"at\":[\"7\"]}"));
        assertThatThrownBy(() -> reader(database, "orders", "number", Duration.ZERO, offsets))
                .isInstanceOf(DatabaseException.class)
                .hasMessageStartingWith("orders was read in the order of other columns than [number]");
        for (String known : List.of(offsets.get("orders"), "{\"at\":[\"7\"]}")) {
            try (TableReader reader = reader(database, "orders", "id", Duration.ZERO, Map.of("orders", known))) {
                database.run("INSERT INTO orders VALUES (8, 2) ON CONFLICT DO NOTHING");
                assertThat(polls(reader)).containsExactly(List.of(8));
            }
        }
    }

    /** A standby does not show the transactions of its primary, so rows that they commit late would be skipped. */
    @Test
    void standby_isRejected() throws Exception {
        try (OwnPostgres standby = OwnPostgres.start()) {
            standby.run("CREATE TABLE orders (id int PRIMARY KEY)");
            standby.restartAsStandby();

            assertThatThrownBy(() -> reader(standby, "orders", "id", Duration.ZERO, Map.of()))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("is a standby");
        }
    }
}
