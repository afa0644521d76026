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
 *   <li>dead letters are sent in the transaction that commits the offset after them, so that they are there once.
 * </ol>
 * Rejected rows are found by bisection; the others are written. While the database is unavailable, the batch is delivered again
 * after a backoff.
 */
final class TableSink implements PartitionSink {
    private static final Duration COMMIT_EVERY = Duration.ofMillis(200);
    /** How long the structure of a table is cached. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private final GroupOffset group;
    private final TableSinkOptions writing;
    private final MetricValues<TableMetric> figures;

    /** Of records that are completed but not committed. */
    private final List<ProducerRecord<Object, Object>> letters = new ArrayList<>();

    private Table table;
    private long lookedNanos;
    private long position;
    private long committed;
    private long committedNanos;

    private TableSink(RecordBatch run, TableSinkOptions writing) {
        this.group = run.groupOffset();
        this.writing = writing;
        this.figures = run.row().of(TableMetric.class);
    }

    /**
     * Opens the sink of a partition.
     *
     * @param run the first batch
     * @throws DatabaseException if the table cannot be read or cannot be written to
     * @throws org.apache.kafka.common.KafkaException if the committed offset cannot be read
     */
    static TableSink open(RecordBatch run, TableSinkOptions writing) {
        TableSink sink = new TableSink(run, writing);
        // The committed offset may be ahead of the batch, after a transaction with a lost response.
        sink.position = Math.max(run.from(), sink.group.read().offset());
        sink.committed = sink.position;
        sink.committedNanos = sink.nanos();
        sink.look();
        return sink;
    }

    private void look() {
        Table found = inDatabase(connection -> Table.read(connection, writing.table()));
        if (found.key().isEmpty()) {
            throw new DatabaseException(
                    "%s in %s has no primary key, by which a row would be found again; give it one, such as (kafka_topic,"
                                    .formatted(found.name(), writing.database())
                            + " kafka_partition, kafka_offset) with coordinates=true",
                    null);
        }
        table = found;
        lookedNanos = nanos();
    }

    private long nanos() {
        return writing.nanoTime().getAsLong();
    }

    private <T> T inDatabase(Connections.Work<T> work) {
        try {
            return writing.database().inTransaction(work);
        } catch (SQLException e) {
            throw new DatabaseException("%s: %s".formatted(writing.database(), e.getMessage()), e);
        }
    }

    /** Takes the run's records from {@link #position()} on; those before it are done. */
    void append(RecordBatch run) {
        if (run.from() > position) {
            return; // What lies between may be in Kafka: it is read first.
        }
        List<ProducerRecord<Object, Object>> refused = new ArrayList<>();
        List<Row> rows = new ArrayList<>(run.records().size());
        for (ConsumerRecord<byte[], ByteBuffer> consumed : run.records()) {
            if (consumed.offset() >= position) {
                try {
                    rows.add(row(consumed));
                } catch (IllegalArgumentException e) {
                    refused.add(letter(consumed, e));
                }
            }
        }
        int unfit = refused.size();
        write(rows, refused);
        figures.add(TableMetric.ROWS, rows.size() + unfit - (long) refused.size());
        figures.add(TableMetric.REFUSED, refused.size());
        letters.addAll(refused);
        position = run.lastOffset() + 1;
        commit(!letters.isEmpty());
    }

    private Row row(ConsumerRecord<byte[], ByteBuffer> consumed) {
        try {
            return writing.rows().of(consumed, table);
        } catch (Rows.UnknownFieldException e) {
            if (nanos() - lookedNanos < LOOK_AGAIN.toNanos()) {
                throw e;
            }
            look();
            return writing.rows().of(consumed, table);
        }
    }

    private void write(List<Row> rows, List<ProducerRecord<Object, Object>> refused) {
        if (rows.isEmpty()) {
            return;
        }
        try {
            writing.database().inTransaction(connection -> {
                new Statements(table, writing.onConflict()).write(connection, rows);
                return null;
            });
        } catch (SQLException e) {
            if (!SqlErrors.isOfRows(e)) {
                throw new DatabaseException(
                        "%s: %s"
                                .formatted(
                                        writing.database(), SqlErrors.ownWord(e).getMessage()),
                        e);
            }
            if (rows.size() == 1) {
                refused.add(letter(rows.get(0).origin(), SqlErrors.ownWord(e)));
            } else {
                int half = rows.size() / 2;
                write(rows.subList(0, half), refused);
                write(rows.subList(half, rows.size()), refused);
            }
        }
    }

    private ProducerRecord<Object, Object> letter(ConsumerRecord<?, ?> refused, Exception cause) {
        return writing.deadLetters().deadLetter(refused, writing.routeId(), cause);
    }

    private void commit(boolean now) {
        if (position == committed || (!now && nanos() - committedNanos < COMMIT_EVERY.toNanos())) {
            return;
        }
        Committed wanted = new Committed(position, "");
        if (!letters.isEmpty()) {
            group.commit(wanted, letters);
            letters.clear();
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
        letters.clear();
    }
}
