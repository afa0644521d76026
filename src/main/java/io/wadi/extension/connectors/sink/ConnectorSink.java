package io.wadi.extension.connectors.sink;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A sink that commits the offset after its records at an interval, and at once if there are dead letters. Dead letters
 * are sent in the same transaction as the commit, so that each is written exactly once.
 */
public abstract class ConnectorSink implements PartitionSink {
    private final GroupOffset group;
    private final String routeId;
    private final DeadLetterSender sender;
    private final long commitIntervalNanos;
    private final Committed resumed;
    private final List<ProducerRecord<Object, Object>> deadLetters = new ArrayList<>();
    private long position;
    private long committed;
    private long committedNanos = System.nanoTime();

    /**
     * Creates the sink at the committed offset, which may be ahead of the batch if the response to a transaction was
     * lost.
     *
     * @param first the first batch
     * @param routeId the route's id for dead letters
     * @throws org.apache.kafka.common.KafkaException if the committed offset cannot be read
     */
    protected ConnectorSink(RecordBatch first, String routeId, DeadLetterSender sender, Duration commitInterval) {
        this.group = first.groupOffset();
        this.routeId = routeId;
        this.sender = sender;
        this.commitIntervalNanos = commitInterval.toNanos();
        this.resumed = group.read();
        this.position = Math.max(first.from(), resumed.offset());
        this.committed = position;
    }

    /** Returns the committed offset at the time when the sink was opened. */
    protected final Committed resumed() {
        return resumed;
    }

    /** Returns whether the committed offset is unchanged since the sink was opened. */
    protected final boolean isCurrent() {
        return group.read().equals(resumed);
    }

    /**
     * Writes records, and passes those that cannot be written to {@link #reject}. After an exception all are delivered
     * again.
     */
    protected abstract void write(List<ConsumerRecord<byte[], ByteBuffer>> records);

    /** Makes the written records durable, and returns the note to commit with the offset after them. */
    protected abstract String flush();

    /** Continues at the committed offset or an earlier one. Must be called before a batch is appended. */
    protected final void continueAt(long offset) {
        position = offset;
        committed = offset;
    }

    /** Makes a record a dead letter. */
    protected final void reject(ConsumerRecord<?, ?> record, Exception cause) {
        sender.deadLetter(record, routeId, cause).ifPresent(deadLetters::add);
    }

    /** Returns the number of dead letters since the last commit. */
    protected final int rejected() {
        return deadLetters.size();
    }

    /** Writes the records of a batch from {@link #position()} on; earlier ones are already complete. */
    final void append(RecordBatch batch) {
        if (batch.from() > position) {
            return; // The consumer first reads the records in between.
        }
        if (batch.lastOffset() < position) {
            return; // All its records were committed before the sink was opened.
        }
        write(batch.records().stream()
                .filter(record -> record.offset() >= position)
                .toList());
        position = batch.lastOffset() + 1;
        commit(!deadLetters.isEmpty());
    }

    private void commit(boolean now) {
        if (position != committed && (now || System.nanoTime() - committedNanos >= commitIntervalNanos)) {
            commit(flush());
            committedNanos = System.nanoTime();
        }
    }

    /** Commits the position with a note; returns false if Kafka does not accept the commit at present. */
    protected final boolean commit(String note) {
        Committed wanted = new Committed(position, note);
        if (!deadLetters.isEmpty()) {
            group.commit(wanted, deadLetters);
            deadLetters.clear();
        } else if (!group.commit(wanted)) {
            return false;
        }
        committed = position;
        return true;
    }

    @Override
    public final long position() {
        return position;
    }

    @Override
    public final long safe() {
        return committed;
    }

    @Override
    public final void tick() {
        commit(false);
    }

    @Override
    public final void expired(long next) {
        position = next;
    }

    @Override
    public final void nothingBefore(long next) {
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
