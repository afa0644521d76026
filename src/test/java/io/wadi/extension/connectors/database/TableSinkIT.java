package io.wadi.extension.connectors.database;

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
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Owners of one partition that write to a real PostgreSQL, also those that have lost it. */
@EnabledIf(value = "io.wadi.testing.OwnPostgres#isInstalled", disabledReason = "no PostgreSQL on this machine")
class TableSinkIT {
    private static final String ONE = "{\"id\":\"k\",\"v\":1}";
    private static final String TWO = "{\"id\":\"k\",\"v\":2}";

    @AutoClose
    private static OwnPostgres database;

    private final InMemoryGroup group = new InMemoryGroup(Committed.NONE);

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
        SinkConversion conversion = new SinkConversion(Converters.of("json", ""), new Transformations<>(""));
        RowMapper rows = new RowMapper(conversion, new RowMapper.Options(true, false, false));
        return new TableSink(
                first,
                "route",
                new DeadLetterSender("dead", Producers::inMemory),
                new TableSink.Target(connections, "shop.stock", rows, Statements.OnConflict.UPDATE));
    }

    /** Writes and commits, as a member that owns the partition for a while. */
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
    void recordsThatKafkaHasDeleted_areNoReasonToGoBack() {
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
        // The first one is a dead letter twice: it could also be rejected because of the restored table alone.
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
                    .contains("Create it: CREATE TABLE IF NOT EXISTS \"shop\".");
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
}
