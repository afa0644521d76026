package io.wadi.indexing;

import io.wadi.indexing.bulk.BulkSender;
import io.wadi.indexing.bulk.DocumentBatch;
import io.wadi.indexing.bulk.RejectedDocumentException;
import io.wadi.indexing.document.Document;
import io.wadi.indexing.document.PendingBatch;
import io.wadi.indexing.setup.Readiness;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.records.HeldBytes;
import io.wadi.kafka.targets.RecordTarget.Range;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.telemetry.MetricValues;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Indexes one partition for as long as this member owns it. Each record becomes exactly one document or one dead
 * letter, because
 * <ol>
 *   <li>a document is created under an id that is always the same for the same record, so that indexing it again has no
 *       effect;
 *   <li>an offset is committed when all documents before it are indexed or rejected;
 *   <li>dead letters are sent in the transaction that commits the offset after them, so that there is one of each.
 * </ol>
 * While Elasticsearch does not accept documents, they wait in memory, the partition is paused, and the member stays in
 * its group.
 */
final class PartitionIndexer implements PartitionSink, BulkSender.Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionIndexer.class);
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);

    /**
     * Maximum number of incomplete batches, enough for all concurrent requests. At the limit the partition is paused
     * until the oldest batch completes.
     */
    private static final int MAX_PENDING_BATCHES = 256;

    private final TopicPartition partition;
    private final GroupOffset group;
    private final IndexingConfiguration indexing;
    private final Readiness origin;
    private final BulkSender sender;
    private final MetricValues<IndexingMetric> metrics;
    private final Deque<PendingBatch> pending = new ArrayDeque<>();

    /** Dead letters of completed batches that are not committed yet. */
    private final List<ProducerRecord<Object, Object>> deadLetters = new ArrayList<>();

    private long deadLetterBytes;
    private ExpiredRanges expired;
    private long position;
    private long done;
    private long committed;
    private long committedAtNanos;
    private boolean isFinishing;
    private long finishBeginNanos;

    private PartitionIndexer(RecordBatch batch, IndexingConfiguration indexing) {
        this.partition = batch.partition();
        this.group = batch.groupOffset();
        this.metrics = batch.row().of(IndexingMetric.class);
        this.indexing = indexing;
        this.origin = indexing.origins().apply(partition.topic());
        this.sender = new BulkSender(indexing.outlet().and(origin::obstacle), this);
    }

    /**
     * Takes over a partition.
     *
     * @param batch the first records
     * @throws org.apache.kafka.common.KafkaException if the committed offset cannot be read
     */
    static PartitionIndexer open(RecordBatch batch, IndexingConfiguration indexing) {
        // The committed offset can be after the start of the batch, after a transaction with a response that was lost.
        // It is before the batch if Kafka deleted the records in between, which are then reported as expired.
        Committed committed = batch.groupOffset().read();
        PartitionIndexer indexer = new PartitionIndexer(batch, indexing);
        long from = committed.offset() < 0 ? batch.from() : committed.offset();
        indexer.expired = ExpiredRanges.of(committed.note());
        indexer.position = from;
        indexer.done = from;
        indexer.committed = from;
        indexer.committedAtNanos = indexing.outlet().nanoTime().getAsLong();
        return indexer;
    }

    /** Adds the batch's records from {@link #position()} on; those before it are done. */
    void append(RecordBatch batch) {
        if (batch.from() > position) {
            return; // Kafka may still have the records in between; the consumer reads them first.
        }
        PendingBatch open = new PendingBatch(batch.lastOffset() + 1);
        for (ConsumerRecord<byte[], ByteBuffer> consumed : batch.records()) {
            if (consumed.offset() >= position) {
                append(consumed, open);
            }
        }
        pending.add(open);
        position = Math.max(position, open.end());
        sender.attend();
    }

    private void append(ConsumerRecord<byte[], ByteBuffer> consumed, PendingBatch open) {
        open.opened();
        try {
            sender.add(indexing.documents().of(consumed, open));
        } catch (IllegalArgumentException e) {
            reject(consumed, open, e);
        }
    }

    private void reject(ConsumerRecord<?, ?> rejected, PendingBatch of, Exception cause) {
        metrics.add(IndexingMetric.REFUSED, 1);
        indexing.deadLetters()
                .deadLetter(rejected, indexing.routeId(), cause)
                .ifPresentOrElse(
                        deadLetter -> {
                            deadLetterBytes += bytes(deadLetter);
                            of.done(deadLetter);
                        },
                        of::done);
    }

    private static long bytes(ProducerRecord<Object, Object> deadLetter) {
        return HeldBytes.length(deadLetter.value()) + HeldBytes.of(deadLetter.key(), deadLetter.headers());
    }

    // ---- outcomes of documents

    @Override
    public void sent(DocumentBatch bulk) {
        metrics.add(IndexingMetric.BULKS, 1);
        metrics.add(IndexingMetric.BULK_BYTES, bulk.bytes());
    }

    @Override
    public void indexed(Document document) {
        document.of().done();
        metrics.add(IndexingMetric.DOCUMENTS, 1);
    }

    @Override
    public void refused(Document document, RejectedDocumentException cause) {
        reject(document.consumed(), document.of(), cause);
    }

    @Override
    public void failed(String cause, int failures, Duration pause) {
        metrics.add(IndexingMetric.FAILURES, 1);
        LOG.warn(
                "Partition {}: retrying documents from offset {} in {} (attempt {}): {}",
                partition,
                done,
                Units.text(pause),
                failures + 1,
                cause);
    }

    private void commitDone(boolean now) {
        while (!pending.isEmpty() && pending.peek().isDone()) {
            PendingBatch completed = pending.remove();
            done = Math.max(done, completed.end());
            deadLetters.addAll(completed.deadLetters());
        }
        metrics.set(IndexingMetric.OFFSET, done);
        long nanos = indexing.outlet().nanoTime().getAsLong();
        if (done > committed && (now || pending.isEmpty() || nanos - committedAtNanos > COMMIT_INTERVAL.toNanos())) {
            commit();
            committedAtNanos = nanos;
        }
    }

    private void commit() {
        Committed wanted = new Committed(done, expired.metadata());
        if (!deadLetters.isEmpty()) {
            group.commit(wanted, deadLetters);
            deadLetterBytes -=
                    deadLetters.stream().mapToLong(PartitionIndexer::bytes).sum();
            deadLetters.clear();
            committed = done;
        } else if (group.commit(wanted)) {
            committed = done;
        }
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
    public boolean appliesBackpressure() {
        return sender.isFull()
                || pending.size() >= MAX_PENDING_BATCHES
                || deadLetterBytes >= indexing.outlet().mostBytes();
    }

    @Override
    public Failure failure() {
        return origin.isAttempted() ? sender.failure() : null;
    }

    @Override
    public void tick() {
        sender.attend();
        commitDone(false);
    }

    @Override
    public boolean isWaiting() {
        return sender.isBusy() || committed != done;
    }

    @Override
    public void expired(long next) {
        if (next > position) {
            expired.add(new Range(position, next - 1));
        }
        pending.add(new PendingBatch(next));
        position = next;
    }

    /**
     * Commits past the offsets, after the documents in progress before them: otherwise retention deletes the last
     * marker after the committed offset of a stop, as if records had expired.
     */
    @Override
    public void nothingBefore(long next) {
        position = next;
        if (pending.isEmpty()) {
            done = next;
        } else {
            pending.add(new PendingBatch(next));
        }
    }

    /** Sends the requests that are due. The time limit of {@link #finish()} begins, so that all partitions share it. */
    @Override
    public void beginFinish() {
        if (!isFinishing) {
            isFinishing = true;
            finishBeginNanos = indexing.outlet().nanoTime().getAsLong();
            sender.beginShutdown();
        }
    }

    /** Waits for requests in flight, but not for Elasticsearch to recover: the next owner indexes the rest. */
    @Override
    public void finish() {
        beginFinish();
        try {
            while (!sender.isIdle() && sender.failure() == null && finishLeftNanos() > 0) {
                sender.attendToTheEnd(Duration.ofNanos(finishLeftNanos()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sender.processResponses();
        commitDone(true);
        if (done < position) {
            LOG.info(
                    "Partition {}: the next owner indexes the records from offset {} to {}",
                    partition,
                    done,
                    position - 1);
        }
        close();
    }

    private long finishLeftNanos() {
        return finishBeginNanos
                + indexing.outlet().finishWithin().toNanos()
                - indexing.outlet().nanoTime().getAsLong();
    }

    @Override
    public void abandon() {
        close();
        deadLetters.clear();
        pending.clear();
    }

    private void close() {
        sender.close();
        origin.close();
    }
}
