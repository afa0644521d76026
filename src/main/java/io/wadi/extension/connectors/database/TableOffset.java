package io.wadi.extension.connectors.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import org.apache.camel.util.function.ThrowingFunction;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The offset up to which the records of a partition are in the database, stored as a row of {@code wadi_offsets} in the
 * schema of the written table. Each transaction that writes rows advances it from the offset of the previous
 * transaction, or fails. So a former owner of the partition that resumes after a pause cannot overwrite newer rows with
 * older ones.
 */
final class TableOffset {
    private static final Logger LOG = LoggerFactory.getLogger(TableOffset.class);
    private static final String NAME = "wadi_offsets";
    private static final String CREATE = """
            CREATE TABLE IF NOT EXISTS %s (consumer_group text, topic text, partition int, written text, \
            next_offset bigint NOT NULL, PRIMARY KEY (consumer_group, topic, partition, written))""";
    private static final String OPEN = """
            INSERT INTO %s AS known (consumer_group, topic, partition, written, next_offset) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (consumer_group, topic, partition, written) DO UPDATE SET next_offset =
              CASE WHEN ? THEN EXCLUDED.next_offset ELSE least(known.next_offset, EXCLUDED.next_offset) END
            RETURNING next_offset""";
    private static final String MOVE = """
            UPDATE %s SET next_offset = ?
            WHERE consumer_group = ? AND topic = ? AND partition = ? AND written = ? AND next_offset = ?""";
    private static final String NO_RIGHT = "42501";
    /** The states of an error after another sink created the table at the same time. */
    private static final Set<String> CREATED = Set.of("23505", "42P07");

    private final Owner owner;
    private final String written;
    private final String table;
    private boolean isStored;
    private long next;

    /** The database, and the partition that one sink writes to it. */
    record Owner(Connections database, String group, TopicPartition partition) {}

    private TableOffset(Owner owner, String written, long from) {
        this.owner = owner;
        this.written = written;
        this.table = Table.beside(written, NAME);
        this.next = from;
    }

    /**
     * Opens the offset of a partition, and creates the table if it does not exist.
     *
     * @param written the name of the written table, as the user gave it
     * @param from the group's committed offset
     * @param isReset whether another client than a sink has committed that offset, so that writing continues there.
     *     Otherwise writing continues at the smaller of the two offsets, which differ if the database was restored or a
     *     commit in Kafka failed
     */
    static TableOffset open(Owner owner, String written, long from, boolean isReset) throws SQLException {
        TableOffset offset = new TableOffset(owner, written, from);
        try {
            offset.create();
            offset.next = owner.database().inTransaction(connection -> offset.open(connection, from, isReset));
            offset.isStored = true;
        } catch (SQLException e) {
            if (!NO_RIGHT.equals(e.getSQLState())) {
                throw e;
            }
            offset.warn(e);
        }
        return offset;
    }

    private void create() throws SQLException {
        try {
            owner.database().inTransaction(connection -> {
                if (!exists(connection)) {
                    try (Statement create = connection.createStatement()) {
                        create.execute(CREATE.formatted(table));
                    }
                }
                return null;
            });
        } catch (SQLException e) {
            if (!CREATED.contains(String.valueOf(e.getSQLState()))) {
                throw e;
            }
        }
    }

    private void warn(SQLException missing) {
        LOG.warn(
                "Partition {}: {} in {} is not available, so an instance that was frozen can overwrite newer rows: {}."
                        + " Create the table: {}; GRANT SELECT, INSERT, UPDATE ON {} TO the user of the route",
                owner.partition(),
                table,
                owner.database(),
                missing.getMessage().lines().findFirst().orElse(""),
                CREATE.formatted(table),
                table);
    }

    private boolean exists(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
            statement.setString(1, table);
            return result(statement).equals("t");
        }
    }

    private long open(Connection connection, long from, boolean isReset) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(OPEN.formatted(table))) {
            bindKey(statement, 1);
            statement.setLong(5, from);
            statement.setBoolean(6, isReset);
            return Long.parseLong(result(statement));
        }
    }

    private static String result(PreparedStatement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery()) {
            found.next();
            return found.getString(1);
        }
    }

    private void bindKey(PreparedStatement statement, int place) throws SQLException {
        statement.setString(place, owner.group());
        statement.setString(place + 1, owner.partition().topic());
        statement.setInt(place + 2, owner.partition().partition());
        statement.setString(place + 3, written);
    }

    long next() {
        return next;
    }

    /**
     * Writes rows and moves the offset, in one transaction.
     *
     * @throws SQLException if the rows cannot be written
     * @throws DatabaseException if the offset cannot be moved, for example because another owner has moved it; nothing
     *     is written
     */
    void moveTo(long to, ThrowingFunction<Connection, Void, SQLException> write) throws SQLException {
        owner.database().inTransaction(connection -> {
            write.apply(connection);
            if (isStored) {
                move(connection, to);
            }
            return null;
        });
        next = to;
    }

    private void move(Connection connection, long to) {
        try (PreparedStatement statement = connection.prepareStatement(MOVE.formatted(table))) {
            statement.setLong(1, to);
            bindKey(statement, 2);
            statement.setLong(6, next);
            if (statement.executeUpdate() != 1) {
                throw new DatabaseException(
                        "%s in %s is no longer at offset %d of partition %s: another member of group %s, or a group of that name in another Kafka cluster, writes it"
                                .formatted(table, owner.database(), next, owner.partition(), owner.group()),
                        null);
            }
        } catch (SQLException e) {
            throw new DatabaseException("%s: %s".formatted(owner.database(), e.getMessage()), e);
        }
    }
}
