package io.wadi.extension.connectors.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import io.wadi.extension.connectors.convert.Converters;
import io.wadi.extension.connectors.convert.SinkConversion;
import io.wadi.extension.connectors.convert.Transformations;
import io.wadi.extension.connectors.sink.InMemoryGroup;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.testing.OwnPostgres;
import io.wadi.testing.Warnings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Current and former owners of one partition that write to a real PostgreSQL. */
@EnabledIf(value = "io.wadi.testing.OwnPostgres#isInstalled", disabledReason = "no PostgreSQL on this machine")
class TableSinkIT {
    private static final String ONE = "{\"id\":\"k\",\"v\":1}";
    private static final String TWO = "{\"id\":\"k\",\"v\":2}";
    /** A trigger that inserts into another table. */
    private static final String AUDIT = "CREATE FUNCTION shop.audit() RETURNS trigger LANGUAGE plpgsql AS"
            + " $$ BEGIN INSERT INTO shop.audit VALUES (NEW.id); RETURN NEW; END $$;"
            + " CREATE TRIGGER audit BEFORE INSERT ON shop.stock FOR EACH ROW EXECUTE FUNCTION shop.audit()";

    @AutoClose
    private static OwnPostgres database;

    private final InMemoryGroup group = new InMemoryGroup(Committed.NONE);

    private String transforms = "";

    @AutoClose
    private Connections connections;

    @BeforeAll
    static void start() throws Exception {
        database = OwnPostgres.start();
        database.run("CREATE ROLE limited LOGIN");
    }

    @BeforeEach
    void createTable() {
        database.run("""
                DROP SCHEMA IF EXISTS shop CASCADE;
                CREATE SCHEMA shop;
                CREATE TABLE shop.stock (id text PRIMARY KEY, v int CHECK (v > 0));
                GRANT USAGE ON SCHEMA shop TO limited;
                GRANT SELECT, INSERT, UPDATE, DELETE ON shop.stock TO limited""");
        connect(database.user());
    }

    private void connect(String user) {
        connections = new Connections(new Connections.Address(database.url(), user, "", Duration.ofSeconds(30)));
    }

    private TableSink open(RecordBatch first) {
        return open(first, "shop.stock", new RowMapper.Options(true, false, false), TableSink.STRUCTURE_TTL);
    }

    private TableSink open(RecordBatch first, String table, RowMapper.Options options, Duration structureTtl) {
        SinkConversion conversion = new SinkConversion(Converters.of("json", ""), new Transformations<>(transforms));
        RowMapper rows = new RowMapper(conversion, options);
        return new TableSink(
                first,
                "route",
                new DeadLetterSender("dead", Producers::inMemory),
                new TableSink.Target(connections, table, rows, Statements.OnConflict.UPDATE, structureTtl));
    }

    /** Writes and commits, like a member that owns the partition for a while. */
    private void write(RecordBatch batch) {
        TableSink sink = open(batch);
        InMemoryGroup.append(sink, batch);
        sink.finish();
    }

    private static String stock() {
        return String.join(" ", database.query("SELECT id, v FROM shop.stock ORDER BY id"));
    }

    private static String nextOffset() {
        return String.join(" ", database.query("SELECT next_offset FROM shop.wadi_offsets"));
    }

    /** Returns the messages of the dead letters. */
    private List<String> rejections() {
        return group.deadLetters().stream()
                .map(each -> each.headers().lastHeader("__connect.errors.exception.message"))
                .map(each -> new String(each.value(), UTF_8))
                .toList();
    }

    /** Transformations convert decimals to doubles, the texts of which have exponents. */
    @ParameterizedTest
    @ValueSource(strings = {"", "transforms=t transforms.t.type=ReplaceField$Value transforms.t.exclude=other"})
    void number_isWrittenWithoutExponent_withAndWithoutTransformations(String transformations) {
        transforms = transformations;

        write(group.batch(0, "{\"id\":12345678.5,\"v\":1e9}"));

        assertThat(rejections()).isEmpty();
        assertThat(stock()).isEqualTo("12345678.5,1000000000");
    }

    /** The values are those that a source reads from such a table. */
    @Test
    void array_isWrittenToAColumnOfArrays() {
        database.run("CREATE TABLE shop.lists (id int PRIMARY KEY, names text[], grid int[][], photos bytea[],"
                + " times timestamptz[], details jsonb)");
        String row = """
                {"id":1,"names":["a,b","\\"\\\\{}",null,"NULL",""],"grid":[[1,2],[null,4]],"photos":["AAE=",null],
                "times":["2026-11-27T08:00:00.123456Z","infinity"],"details":[1,"a"]}""";
        RecordBatch batch = group.batch(0, row, "{\"id\":2,\"names\":[]}", "{\"id\":3,\"photos\":[\"no Base64!\"]}");
        TableSink sink = open(batch, "shop.lists", new RowMapper.Options(true, false, false), TableSink.STRUCTURE_TTL);
        InMemoryGroup.append(sink, batch);
        sink.finish();

        assertThat(rejections()).containsExactly("the column photos accepts bytes, as Base64");
        assertThat(database.query("SELECT names = ARRAY['a,b', '\"\\{}', NULL, 'NULL', ''], grid = '{{1,2},{NULL,4}}',"
                        + " photos = ARRAY['\\x0001', NULL]::bytea[], times[1] = '2026-11-27 08:00:00.123456+00',"
                        + " times[2], details->>1 FROM shop.lists WHERE id = 1"))
                .containsExactly("t,t,t,t,infinity,a");
        assertThat(database.query("SELECT names = '{}' FROM shop.lists WHERE id = 2"))
                .containsExactly("t");
    }

    /** PostgreSQL would read the sign of the year as that of a time zone, and separates boxes by semicolons. */
    @Test
    void valuesThatASourceReads_areWritten_ifPostgresqlPrintsThemInAnotherForm() {
        database.run("CREATE TABLE shop.times (id int PRIMARY KEY, day date, at timestamptz, local timestamp,"
                + " boxes box[], days date[], times timestamptz[], locals timestamp[])");
        RecordBatch batch = group.batch(0, """
                {"id":1,"day":"-0043-03-15","at":"0000-12-31T12:00:00.123456Z","local":"-4712-01-01T00:00:00Z"}""", """
                {"id":2,"day":"+5874897-12-31","at":"+10000-01-01T00:00:00Z","local":"+294276-12-31T23:59:59Z"}""", """
                {"id":3,"boxes":["(3,4),(1,2)",null]}""", """
                {"id":4,"days":["-0043-03-15",null,"0044-03-15 BC"],"locals":["2026-01-01","-4712-01-01T00:00:00Z"],
                "times":[["0000-12-31T12:00:00Z","+10000-01-01T00:00:00Z"]]}""");
        TableSink sink = open(batch, "shop.times", new RowMapper.Options(true, false, false), TableSink.STRUCTURE_TTL);
        InMemoryGroup.append(sink, batch);
        sink.finish();

        assertThat(rejections()).isEmpty();
        assertThat(database.query("SELECT day = '0044-03-15 BC', at = '0001-12-31 12:00:00.123456+00 BC',"
                        + " local = '4713-01-01 BC' FROM shop.times WHERE id = 1"))
                .containsExactly("t,t,t");
        assertThat(database.query("SELECT day = '5874897-12-31', at = '10000-01-01 00:00+00',"
                        + " local = '294276-12-31 23:59:59' FROM shop.times WHERE id = 2"))
                .containsExactly("t,t,t");
        assertThat(database.query("SELECT boxes FROM shop.times WHERE id = 3")).containsExactly("{(3,4),(1,2);NULL}");
        assertThat(database.query("SELECT days = ARRAY['0044-03-15 BC', NULL, '0044-03-15 BC']::date[],"
                        + " locals = ARRAY['2026-01-01', '4713-01-01 BC']::timestamp[],"
                        + " times = ARRAY[['0001-12-31 12:00+00 BC', '10000-01-01 00:00+00']]::timestamptz[]"
                        + " FROM shop.times WHERE id = 4"))
                .containsExactly("t,t,t");
    }

    /** The second row has other columns than the first and the third, which has the same key as the second. */
    @Test
    void lastOfSeveralRowsWithEqualNumbersAsKeys_remains() {
        database.run("CREATE TABLE shop.prices (price numeric PRIMARY KEY, v int, note text)");
        RecordBatch batch = group.batch(
                0,
                "{\"price\":1,\"v\":1,\"note\":\"a\"}",
                "{\"price\":2.5,\"v\":1}",
                "{\"price\":2.50,\"v\":2,\"note\":\"b\"}");
        TableSink sink = open(batch, "shop.prices", new RowMapper.Options(true, false, false), TableSink.STRUCTURE_TTL);
        InMemoryGroup.append(sink, batch);
        sink.finish();

        assertThat(rejections()).isEmpty();
        assertThat(database.query("SELECT v, note FROM shop.prices ORDER BY price"))
                .containsExactly("1,a", "2,b");
    }

    /** As {@link #lastOfSeveralRowsWithEqualNumbersAsKeys_remains}, with keys that differ in case. */
    @Test
    void lastOfSeveralRowsWithTextsThatTheCollationTreatsAsEqual_remains() {
        database.run("""
                CREATE COLLATION shop.any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
                CREATE TABLE shop.names (name text COLLATE shop.any_case PRIMARY KEY, v int, note text)""");
        RecordBatch batch = group.batch(
                0,
                "{\"name\":\"a\",\"v\":1,\"note\":\"a\"}",
                "{\"name\":\"b\",\"v\":1}",
                "{\"name\":\"B\",\"v\":2,\"note\":\"b\"}");
        TableSink sink = open(batch, "shop.names", new RowMapper.Options(true, false, false), TableSink.STRUCTURE_TTL);
        InMemoryGroup.append(sink, batch);
        sink.finish();

        assertThat(rejections()).isEmpty();
        assertThat(database.query("SELECT v, note FROM shop.names ORDER BY name"))
                .containsExactly("1,a", "2,b");
    }

    @Test
    void frozenFormerOwner_doesNotOverwriteNewerRows() {
        RecordBatch read = group.batch(0, ONE);
        TableSink frozen = open(read);
        write(group.batch(0, ONE, TWO));

        assertThatThrownBy(() -> InMemoryGroup.append(frozen, read))
                .isInstanceOf(DatabaseException.class)
                .hasMessageStartingWith("\"shop\".\"wadi_offsets\" in postgresql://localhost:")
                .hasMessageContaining(" is no longer at offset 0 of partition events-0: another member of group ");

        assertThat(stock()).isEqualTo("k,2");
        assertThat(open(read).position()).isEqualTo(2);
    }

    @Test
    void formerOwnerThatWasFrozenBeforeItOpened_writesNothing() {
        RecordBatch read = group.batch(0, ONE);
        group.afterNextRead(() -> write(group.batch(0, ONE, TWO)));

        assertThatThrownBy(() -> open(read))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("has committed an offset of partition events-0 meanwhile");

        assertThat(stock()).isEqualTo("k,2");
        write(group.batch(2, "{\"id\":\"k\",\"v\":3}"));
        assertThat(stock()).as("the owner's next batch").isEqualTo("k,2");
        write(group.batch(0, ONE, TWO, "{\"id\":\"k\",\"v\":3}"));
        assertThat(stock()).as("read again from the offset that was set back").isEqualTo("k,3");
    }

    @Test
    void expiredRecords_doNotMoveThePositionBack() {
        RecordBatch first = group.batch(0, ONE, TWO);
        TableSink sink = open(first);
        InMemoryGroup.append(sink, first);
        sink.expired(10);
        sink.finish();

        assertThat(nextOffset()).isEqualTo("10");
        assertThat(open(group.batch(10, ONE)).position()).isEqualTo(10);
    }

    @Test
    void resetOffset_becomesThePosition() {
        write(group.batch(0, ONE, TWO));
        group.commit(new Committed(0, ""));

        TableSink sink = open(group.batch(0, ONE));

        assertThat(sink.position()).isZero();
        assertThat(nextOffset()).isEqualTo("0");
    }

    @Test
    void rowsMissingAfterADatabaseRestore_areWrittenAgain_orAreDeadLetters() {
        String invalid = "{\"id\":\"x\",\"v\":0}";
        write(group.batch(0, ONE, invalid));
        assertThat(nextOffset()).isEqualTo("2");
        assertThat(group.deadLetters()).hasSize(1);
        database.run("DELETE FROM shop.stock; UPDATE shop.wadi_offsets SET next_offset = 0");

        RecordBatch again = group.batch(0, ONE, invalid, TWO, invalid);
        TableSink sink = open(group.batch(2, TWO));
        assertThat(sink.position()).isZero();
        InMemoryGroup.append(sink, again);

        assertThat(stock()).isEqualTo("k,2");
        // The first invalid row is a dead letter twice, because the restored table could also be the reason for its
        // rejection.
        assertThat(group.deadLetters()).hasSize(3);
        assertThat(group.read().offset()).isEqualTo(4);
        assertThat(nextOffset()).isEqualTo("4");
    }

    @Test
    void withoutPrivilegesForTheOffsetTable_rowsAreWrittenUnfenced_withAWarning() {
        connections.close();
        connect("limited");
        try (Warnings log = new Warnings(TableOffset.class.getName(), Level.WARN)) {
            write(group.batch(0, ONE));
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("Create the table: CREATE TABLE IF NOT EXISTS \"shop\".");
        }
        assertThat(stock()).isEqualTo("k,1");
        database.run("""
                CREATE TABLE shop.wadi_offsets (consumer_group text, topic text, partition int, written text,
                  next_offset bigint NOT NULL, PRIMARY KEY (consumer_group, topic, partition, written))""");
        try (Warnings log = new Warnings(TableOffset.class.getName(), Level.WARN)) {
            write(group.batch(1, ONE));
            assertThat(log.lines()).singleElement().asString().contains("permission denied for table wadi_offsets");
        }
        database.run("GRANT SELECT, INSERT, UPDATE ON shop.wadi_offsets TO limited");

        write(group.batch(2, TWO));

        assertThat(stock()).isEqualTo("k,2");
        assertThat(nextOffset()).isEqualTo("3");
    }

    @Test
    void rowThatPostgresRejects_isADeadLetter_whateverTheError() {
        database.run("""
                CREATE FUNCTION shop.unlucky() RETURNS trigger LANGUAGE plpgsql AS
                  $$ BEGIN IF NEW.v = 13 THEN RAISE 'unlucky' USING ERRCODE = 'SHP01'; END IF; RETURN NEW; END $$;
                CREATE TRIGGER unlucky BEFORE INSERT ON shop.stock FOR EACH ROW EXECUTE FUNCTION shop.unlucky();
                ALTER TABLE shop.stock ADD w int GENERATED ALWAYS AS (v + 1) STORED, ADD q tsquery, ADD r regclass""");

        write(group.batch(
                0,
                ONE,
                "{\"id\":\"a\",\"v\":1,\"w\":5}",
                "{\"id\":\"b\",\"v\":13}",
                "{\"id\":\"c\",\"q\":\"a & ( b\"}",
                "{\"id\":\"d\",\"r\":\"no_such_table\"}",
                "{\"id\":\"z\",\"v\":2}"));

        assertThat(stock()).isEqualTo("k,1 z,2");
        assertThat(rejections())
                .satisfiesExactly(
                        generated -> assertThat(generated).contains("non-DEFAULT value into column \"w\""),
                        raised -> assertThat(raised).startsWith("ERROR: unlucky"),
                        query -> assertThat(query).startsWith("ERROR: syntax error in tsquery"),
                        name -> assertThat(name).startsWith("ERROR: relation \"no_such_table\" does not exist"));
    }

    /** The user has privileges for some columns only. */
    @Test
    void rowThatViolatesAConstraint_isADeadLetter_withPrivilegesForColumns() {
        database.run("""
                REVOKE ALL ON shop.stock FROM limited;
                GRANT SELECT, INSERT, UPDATE (v) ON shop.stock TO limited""");
        connections.close();
        connect("limited");

        write(group.batch(0, "{\"id\":\"x\",\"v\":0}", TWO));

        assertThat(stock()).isEqualTo("k,2");
        assertThat(group.deadLetters()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "REVOKE INSERT ON shop.stock FROM limited",
                "REVOKE UPDATE ON shop.stock FROM limited",
                "REVOKE UPDATE ON shop.wadi_offsets FROM limited",
                "DROP TABLE shop.wadi_offsets",
                "ALTER TABLE shop.stock DROP CONSTRAINT stock_pkey",
                "DROP TABLE shop.stock",
                AUDIT,
                "CREATE TABLE shop.audit (id text); " + AUDIT
            })
    void unusableTable_causesNoDeadLetters(String change) {
        database.run("GRANT CREATE ON SCHEMA shop TO limited");
        connections.close();
        connect("limited");
        RecordBatch first = group.batch(0, ONE);
        TableSink sink = open(first);
        InMemoryGroup.append(sink, first);
        database.run("ALTER TABLE shop.wadi_offsets OWNER TO wadi; GRANT ALL ON shop.wadi_offsets TO limited");
        database.run(change);

        RecordBatch next = group.batch(1, TWO);
        assertThatThrownBy(() -> InMemoryGroup.append(sink, next)).isInstanceOf(DatabaseException.class);

        assertThat(group.deadLetters()).isEmpty();
        assertThat(group.read().offset()).isLessThan(2);
    }

    @Test
    void columnThatIsDropped_isUnknownInTheNextDelivery() {
        RecordBatch first = group.batch(0, ONE);
        TableSink sink = open(first);
        InMemoryGroup.append(sink, first);
        database.run("ALTER TABLE shop.stock DROP COLUMN v");

        RecordBatch next = group.batch(1, TWO);
        assertThatThrownBy(() -> InMemoryGroup.append(sink, next))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("column \"v\"");
        assertThat(group.deadLetters()).isEmpty();
        InMemoryGroup.append(sink, next);

        assertThat(rejections()).singleElement().asString().startsWith("the field v is not a column of ");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void columnThatIsAdded_isWrittenOnceTheStructureIsReadAgain(boolean ignoreUnknownFields) {
        RecordBatch first = group.batch(0, ONE);
        TableSink sink =
                open(first, "shop.stock", new RowMapper.Options(true, ignoreUnknownFields, false), Duration.ZERO);
        InMemoryGroup.append(sink, first);
        database.run("ALTER TABLE shop.stock ADD note text");

        InMemoryGroup.append(sink, group.batch(1, "{\"id\":\"k\",\"v\":1,\"note\":\"x\"}"));

        assertThat(database.query("SELECT note FROM shop.stock")).containsExactly("x");
    }

    @Test
    void tableInALaterSchemaOfTheSearchPath_isFoundWithItsKey() {
        database.run("""
                DROP SCHEMA IF EXISTS own CASCADE;
                CREATE SCHEMA own AUTHORIZATION limited;
                ALTER ROLE limited SET search_path = own, shop;
                ALTER TABLE shop.stock DROP CONSTRAINT stock_pkey, ADD PRIMARY KEY (id) INCLUDE (v)""");
        connections.close();
        connect("limited");

        RecordBatch batch = group.batch(0, ONE, TWO);
        TableSink sink = open(batch, "stock", new RowMapper.Options(true, false, false), TableSink.STRUCTURE_TTL);
        InMemoryGroup.append(sink, batch);

        assertThat(stock()).isEqualTo("k,2");
    }
}
