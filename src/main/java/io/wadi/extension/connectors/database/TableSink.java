package io.wadi.extension.connectors.database;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.runtime.telemetry.MetricValues;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes one partition to a table for as long as this member owns it. Each record ends in its row or as one dead letter, because
 * <ol>
 *   <li>a row is found by its key, so that writing it again doubles nothing;
 *   <li>an offset is committed after the database has committed all records before it;
 *   <li>dead deadLetters are sent in the transaction that commits the offset after them, so that they are there once.
 * </ol>
 * Rejected rows are found by bisection; the others are written. While the database is unavailable, the batch is delivered again
 * after a backoff.
 */
final class TableSink implements PartitionSink {
    private static final Duration COMMIT_EVERY = Duration.ofMillis(200);
    /** How long the structure of a table is cached. */
    private static final Duration STRUCTURE_TTL = Duration.ofSeconds(10);

    private final GroupOffset group;
    private final TableSinkOptions options;
    private final MetricValues<TableMetric> metrics;

    /** Of records that are completed but not committed. */
    private final List<ProducerRecord<Object, Object>> deadLetters = new ArrayList<>();

    private Table table;
    private long readNanos;
    private long position;
    private long committed;
    private long committedNanos;

    private TableSink(RecordBatch batch, TableSinkOptions options) {
        this.group = batch.groupOffset();
        this.options = options;
        this.metrics = batch.row().of(TableMetric.class);
    }

    /**
     * Opens the sink of a partition.
     *
     * @param batch the first batch
     * @throws DatabaseException if the table cannot be read or cannot be written to
     * @throws org.apache.kafka.common.KafkaException if the committed offset cannot be read
     */
    static TableSink open(RecordBatch batch, TableSinkOptions options) {
        TableSink sink = new TableSink(batch, options);
        // The committed offset may be ahead of the batch, after a transaction with a lost response.
        sink.position = Math.max(batch.from(), sink.group.read().offset());
        sink.committed = sink.position;
        sink.committedNanos = sink.nanos();
        sink.readStructure();
        return sink;
    }

    private void readStructure() {
        Table found = inDatabase(connection -> Table.read(connection, options.table()));
        if (found.key().isEmpty()) {
            throw new DatabaseException(
                    "%s in %s has no primary key, by which a row would be found again; give it one, such as (kafka_topic,"
                                    .formatted(found.name(), options.database())
                            + " kafka_partition, kafka_offset) with coordinates=true",
                    null);
        }
        table = found;
        readNanos = nanos();
    }

    private long nanos() {
        return options.nanoTime().getAsLong();
    }

    private <T> T inDatabase(Connections.Work<T> work) {
        try {
            return options.database().inTransaction(work);
        } catch (SQLException e) {
            throw new DatabaseException("%s: %s".formatted(options.database(), e.getMessage()), e);
        }
    }

    /** Takes the batch's records from {@link #position()} on; those before it are done. */
    void append(RecordBatch batch) {
        if (batch.from() > position) {
            return; // The records in between are read first.
        }
        List<ProducerRecord<Object, Object>> rejected = new ArrayList<>();
        List<Row> rows = new ArrayList<>(batch.records().size());
        for (ConsumerRecord<byte[], ByteBuffer> consumed : batch.records()) {
            if (consumed.offset() >= position) {
                try {
                    Row row = row(consumed);
                    if (row != null) {
                        rows.add(row);
                    }
                } catch (IllegalArgumentException e) {
                    rejected.add(deadLetter(consumed, e));
                }
            }
        }
        int unmapped = rejected.size();
        write(rows, rejected);
        metrics.add(TableMetric.ROWS, rows.size() + unmapped - (long) rejected.size());
        metrics.add(TableMetric.REFUSED, rejected.size());
        deadLetters.addAll(rejected);
        position = batch.lastOffset() + 1;
        commit(!deadLetters.isEmpty());
    }

    private Row row(ConsumerRecord<byte[], ByteBuffer> consumed) {
        try {
            return options.rows().of(consumed, table);
        } catch (RowMapper.UnknownFieldException e) {
            if (nanos() - readNanos < STRUCTURE_TTL.toNanos()) {
                throw e;
            }
            readStructure();
            return options.rows().of(consumed, table);
        }
    }

    private void write(List<Row> rows, List<ProducerRecord<Object, Object>> rejected) {
        if (rows.isEmpty()) {
            return;
        }
        try {
            options.database().inTransaction(connection -> {
                new Statements(table, options.onConflict()).write(connection, rows);
                return null;
            });
        } catch (SQLException e) {
            if (!SqlErrors.isOfRows(e)) {
                throw new DatabaseException(
                        "%s: %s"
                                .formatted(
                                        options.database(), SqlErrors.ownWord(e).getMessage()),
                        e);
            }
            if (rows.size() == 1) {
                rejected.add(deadLetter(rows.get(0).origin(), SqlErrors.ownWord(e)));
            } else {
                int half = rows.size() / 2;
                write(rows.subList(0, half), rejected);
                write(rows.subList(half, rows.size()), rejected);
            }
        }
    }

    private ProducerRecord<Object, Object> deadLetter(ConsumerRecord<?, ?> rejected, Exception cause) {
        return options.deadLetters().deadLetter(rejected, options.routeId(), cause);
    }

    private void commit(boolean now) {
        if (position == committed || (!now && nanos() - committedNanos < COMMIT_EVERY.toNanos())) {
            return;
        }
        Committed wanted = new Committed(position, "");
        if (!deadLetters.isEmpty()) {
            group.commit(wanted, deadLetters);
            deadLetters.clear();
            committed = position;
        } else if (group.commit(wanted)) {
            committed = position;
        }
        committedNanos = nanos();
    }

    // ---- calls of the consumer

    @Override
    public long position() {
        return position;
    }

    @Override
    public long safe() {
        return committed;
    }

    @Override
    public void tick() {
        commit(false);
    }

    @Override
    public boolean isWaiting() {
        return position != committed;
    }

    @Override
    public void expired(long next) {
        position = next;
    }

    @Override
    public void finish() {
        commit(true);
    }

    @Override
    public void abandon() {
        deadLetters.clear();
    }
}
