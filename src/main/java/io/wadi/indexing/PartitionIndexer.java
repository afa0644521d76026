package io.wadi.indexing;

import io.wadi.indexing.bulk.BulkSender;
import io.wadi.indexing.bulk.DocumentBatch;
import io.wadi.indexing.bulk.RejectedDocumentException;
import io.wadi.indexing.document.Document;
import io.wadi.indexing.document.PendingBatch;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.runtime.telemetry.Values;
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
 * Indexes one partition for as long as this member owns it. Each record ends as one document or one dead letter,
 * because
 * <ol>
 *   <li>a document is created under an id that is always the same for the same record, so that indexing again does
 *       nothing;
 *   <li>an offset is committed when all documents before it are indexed or rejected;
 *   <li>dead letters are sent in the transaction that commits the offset after them, so that there is one of each.
 * </ol>
 * While Elasticsearch cannot take documents they wait here, the partition is paused, and the member stays in its
 * group.
 */
final class PartitionIndexer implements PartitionSink, BulkSender.Outcomes {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionIndexer.class);
    private static final Duration COMMIT_EVERY = Duration.ofMillis(200);

    /** More than enough for all concurrent requests; beyond it the oldest run has to finish first. */
    private static final int MOST_RUNS = 256;

    private final TopicPartition partition;
    private final GroupOffset group;
    private final IndexingConfiguration indexing;
    private final BulkSender sender;
    private final Values<IndexingMetric> figures;
    private final Deque<PendingBatch> runs = new ArrayDeque<>();

    /** Dead letters of runs that are done but not committed. */
    private final List<ProducerRecord<Object, Object>> letters = new ArrayList<>();

    private long position;
    private long done;
    private long committed;
    private long committedAtNanos;

    private PartitionIndexer(RecordBatch run, IndexingConfiguration indexing) {
        this.partition = run.partition();
        this.group = run.groupOffset();
        this.figures = run.row().of(IndexingMetric.class);
        this.indexing = indexing;
        this.sender = new BulkSender(indexing.outlet(), this);
    }

    /**
     * Takes over a partition.
     *
     * @param run the first records
     * @throws org.apache.kafka.common.KafkaException if the committed offset cannot be read
     */
    static PartitionIndexer open(RecordBatch run, IndexingConfiguration indexing) {
        PartitionIndexer indexer = new PartitionIndexer(run, indexing);
        // The committed offset may be ahead of what was known when the run was read, after a transaction whose response
        // was lost.
        long from = Math.max(run.from(), run.groupOffset().read().offset());
        indexer.position = from;
        indexer.done = from;
        indexer.committed = from;
        indexer.committedAtNanos = indexing.outlet().nanoTime().getAsLong();
        return indexer;
    }

    /** Adds the run's records from {@link #position()} on; those before it are done. */
    void append(RecordBatch run) {
        if (run.from() > position) {
            return; // What lies between may be in Kafka: it is read first.
        }
        PendingBatch open = new PendingBatch(run.lastOffset() + 1);
        for (ConsumerRecord<byte[], ByteBuffer> consumed : run.records()) {
            if (consumed.offset() >= position) {
                append(consumed, open);
            }
        }
        runs.add(open);
        position = Math.max(position, open.end());
        sender.attend();
    }

    private void append(ConsumerRecord<byte[], ByteBuffer> consumed, PendingBatch open) {
        open.opened();
        try {
            sender.add(indexing.documents().of(consumed, open));
        } catch (IllegalArgumentException e) {
            open.done(letter(consumed, e));
        }
    }

    private ProducerRecord<Object, Object> letter(ConsumerRecord<?, ?> refused, Exception cause) {
        figures.add(IndexingMetric.REFUSED, 1);
        return indexing.deadLetters().letter(refused, indexing.routeId(), cause);
    }

    // ---- what becomes of documents

    @Override
    public void sent(DocumentBatch bulk) {
        figures.add(IndexingMetric.BULKS, 1);
        figures.add(IndexingMetric.BULK_BYTES, bulk.bytes());
    }

    @Override
    public void indexed(Document document) {
        document.of().done();
        figures.add(IndexingMetric.DOCUMENTS, 1);
    }

    @Override
    public void refused(Document document, RejectedDocumentException cause) {
        document.of().done(letter(document.consumed(), cause));
    }

    @Override
    public void failed(String cause, int failures, Duration pause) {
        figures.add(IndexingMetric.FAILURES, 1);
        LOG.warn(
                "{}@{}: {}; try {} follows in {} ms, nothing is lost",
                partition,
                done,
                cause,
                failures + 1,
                pause.toMillis());
    }

    private void commitDone(boolean now) {
        while (!runs.isEmpty() && runs.peek().isDone()) {
            PendingBatch ended = runs.remove();
            done = Math.max(done, ended.end());
            letters.addAll(ended.letters());
        }
        figures.set(IndexingMetric.OFFSET, done);
        long nanos = indexing.outlet().nanoTime().getAsLong();
        if (done > committed && (now || runs.isEmpty() || nanos - committedAtNanos > COMMIT_EVERY.toNanos())) {
            commit();
            committedAtNanos = nanos;
        }
    }

    private void commit() {
        Committed wanted = new Committed(done, "");
        if (!letters.isEmpty()) {
            group.commit(wanted, letters);
            letters.clear();
            committed = done;
        } else if (group.commit(wanted)) {
            committed = done;
        }
    }

    // ---- what the consumer asks

    @Override
    public long position() {
        return position;
    }

    @Override
    public long safe() {
        return committed;
    }

    @Override
    public boolean takesNoMore() {
        return sender.isFull() || runs.size() >= MOST_RUNS;
    }

    @Override
    public Trouble trouble() {
        return sender.trouble();
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
        runs.add(new PendingBatch(next));
        position = next;
    }

    /** Waits for requests in flight, not for Elasticsearch to recover: the rest is indexed by the next owner. */
    @Override
    public void finish() {
        long begin = indexing.outlet().nanoTime().getAsLong();
        long longest = indexing.outlet().finishWithin().toNanos();
        long left = longest;
        try {
            while (!sender.isIdle() && sender.trouble() == null && left > 0) {
                sender.attendToTheEnd(Duration.ofNanos(left));
                left = begin + longest - indexing.outlet().nanoTime().getAsLong();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        commitDone(true);
        if (done < position) {
            LOG.info("{}: records from offset {} to {} are left to the next owner", partition, done, position - 1);
        }
        sender.close();
    }

    @Override
    public void abandon() {
        sender.close();
        letters.clear();
        runs.clear();
    }
}
