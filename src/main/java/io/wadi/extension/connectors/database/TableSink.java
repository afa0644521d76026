package io.wadi.extension.connectors.database;

import io.wadi.extension.connectors.sink.ConnectorSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.runtime.telemetry.MetricValues;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink that writes one partition to a table for as long as this member owns it. Each record becomes a row or one dead
 * letter: rows are written by primary key, so that writing a record again creates no duplicate. An offset is committed
 * only after the database has committed all records before it. {@link TableOffset} fences former owners.
 * Rejected rows are found by bisection; the others are written. While the database is unavailable, or the table is
 * missing, changed or not permitted, the batch is delivered again after a backoff.
 */
final class TableSink extends ConnectorSink {
    private static final Logger LOG = LoggerFactory.getLogger(TableSink.class);

    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);
    /** How long the structure of a table is cached. */
    static final Duration STRUCTURE_TTL = Duration.ofSeconds(10);

    /** The note of the sink's commits. An offset without it was committed by another client. */
    private static final String NOTE = "table";

    private final Target target;
    private final MetricValues<TableMetric> metrics;
    private final TableOffset offset;
    private Table table;
    private long readNanos;

    /**
     * The table to write to.
     *
     * @param table its name, as the user gave it
     * @param onConflict the handling of a row with an existing key
     * @param structureTtl how long the structure of the table is cached
     */
    record Target(
            Connections database,
            String table,
            RowMapper rows,
            Statements.OnConflict onConflict,
            Duration structureTtl) {}

    /**
     * Opens the sink of a partition.
     *
     * @param first the first batch
     * @throws DatabaseException if the table cannot be read or cannot be written to
     * @throws org.apache.kafka.common.KafkaException if the committed offset cannot be read
     */
    TableSink(RecordBatch first, String routeId, DeadLetterSender sender, Target target) {
        super(first, routeId, sender, COMMIT_INTERVAL);
        this.target = target;
        this.metrics = first.row().of(TableMetric.class);
        readStructure();
        TableOffset.Owner owner =
                new TableOffset.Owner(target.database(), first.row().group(), first.partition());
        try {
            offset = TableOffset.open(
                    owner, target.table(), position(), !resumed().note().equals(NOTE));
        } catch (SQLException e) {
            throw failed(e);
        }
        if (!isCurrent()) {
            // This member was frozen after it had read the committed offset. It may have set back the stored offset,
            // and must not write.
            throw new DatabaseException(
                    "another member of group %s has committed an offset of partition %s meanwhile"
                            .formatted(owner.group(), owner.partition()),
                    null);
        }
        continueAt(offset.next());
    }

    private void readStructure() {
        try {
            table = target.database().inTransaction(connection -> Table.read(connection, target.table()));
        } catch (SQLException e) {
            throw failed(e);
        }
        if (table.key().isEmpty()) {
            throw new DatabaseException(
                    "%s in %s has no primary key, which identifies the row of a record; add one, such as (kafka_topic,"
                                    .formatted(table.name(), target.database())
                            + " kafka_partition, kafka_offset) with coordinates=true",
                    null);
        }
        readNanos = System.nanoTime();
    }

    private DatabaseException failed(SQLException e) {
        return new DatabaseException("%s: %s".formatted(target.database(), e.getMessage()), e);
    }

    @Override
    protected void write(List<ConsumerRecord<byte[], ByteBuffer>> records) {
        if (System.nanoTime() - readNanos >= target.structureTtl().toNanos()) {
            readStructure();
        }
        int before = rejected();
        List<Row> rows = new ArrayList<>(records.size());
        for (ConsumerRecord<byte[], ByteBuffer> consumed : records) {
            try {
                Row row = target.rows().of(consumed, table);
                if (row != null) {
                    rows.add(row);
                }
            } catch (IllegalArgumentException e) {
                reject(consumed, e);
            }
        }
        int unmapped = rejected() - before;
        long end = records.get(records.size() - 1).offset() + 1;
        writeRows(rows, end);
        if (offset.next() != end) {
            writeRows(List.of(), end); // The last row was rejected.
        }
        int all = rejected() - before;
        metrics.add(TableMetric.ROWS, rows.size() + unmapped - (long) all);
        metrics.add(TableMetric.REFUSED, all);
    }

    /** Writes rows and moves the offset to {@code end}. A single row that is rejected does not move it. */
    private void writeRows(List<Row> rows, long end) {
        try {
            offset.moveTo(end, connection -> {
                new Statements(table, target.onConflict()).write(connection, rows);
                return null;
            });
        } catch (SQLException e) {
            SQLException reason = SqlErrors.databaseError(e);
            if (rows.isEmpty() || !SqlErrors.mayBeOfRows(e)) {
                throw failed(reason);
            }
            if (rows.size() == 1) {
                requireUsable(rows.get(0), reason);
                reject(rows.get(0).origin(), reason);
            } else {
                int half = rows.size() / 2;
                writeRows(rows.subList(0, half), rows.get(half).origin().offset());
                writeRows(rows.subList(half, rows.size()), end);
            }
        }
    }

    /**
     * Throws if the row is not the cause of its rejection: if the structure of the table has changed, or if the table
     * accepts neither such a row nor one that has only the key.
     */
    private void requireUsable(Row row, SQLException reason) {
        Table known = table;
        readStructure();
        if (!table.equals(known) || (!isAccepted(row, false) && !isAccepted(row, true))) {
            throw failed(reason);
        }
    }

    private boolean isAccepted(Row row, boolean isKeyOnly) {
        try {
            return target.database().inTransaction(connection -> {
                new Statements(table, target.onConflict()).explain(connection, row, isKeyOnly);
                return true;
            });
        } catch (SQLException e) {
            LOG.debug("The table accepts no rows", e);
            return false;
        }
    }

    /**
     * Moves the offset past deleted records, aborted records and transaction markers, so that no later owner goes back
     * to them.
     */
    @Override
    protected String flush() {
        if (offset.next() != position()) {
            writeRows(List.of(), position());
        }
        return NOTE;
    }

    @Override
    public boolean isWaiting() {
        return position() != safe();
    }
}
