package io.wadi.landing;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.OffsetRange;
import io.wadi.landing.format.RejectedRecordException;
import io.wadi.runtime.telemetry.MetricValues;
import io.wadi.runtime.telemetry.PartitionMetrics;
import io.wadi.runtime.telemetry.Timeline;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lands one partition for as long as this member owns it. The visible files cover each offset once, because
 * <ol>
 *   <li>an owner first creates its own directory and deletes those of all others, so that an earlier owner that has not
 *      yet detected the loss of its partition can neither create nor rename files any more;
 *   <li>only then it lists the visible files and reads the committed offset ({@link Recovery}), and continues from the
 *      greater of the two;
 *   <li>a file gets its visible name, the range of offsets it covers, by one rename after its bytes are on disk, and
 *      the offset is committed only after that;
 *   <li>the next file is published only after the offset has been committed with the directory of that file: at most
 *      one file is not covered by the committed offset, and the commit names its directory.
 * </ol>
 * The first two are {@link Takeover}.
 *
 * <p>A file is published on another thread ({@link LandingConfiguration#publisher()}) while the next one is written;
 * everything else, including the commit, runs on the consumer's thread, the only one that may use this object.
 *
 * <p>Order of calls: {@link #open}, any number of {@link #append}, {@link #tick} and {@link #expired}, optionally
 * {@link #beginFinish}, then {@link #finish} or {@link #abandon}. After an exception the instance must be abandoned: a
 * rename may have taken effect although its response was lost, which only a new recovery can detect.
 */
final class PartitionLander implements PartitionSink {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionLander.class);

    /**
     * The time after which a batch ends at the next file. A batch can have as many files as records, and one that took
     * longer than the poll interval would remove the consumer from its group.
     */
    static final Duration MAX_BATCH_TIME = Duration.ofSeconds(5);

    private final TopicPartition partition;
    private final GroupOffset group;
    private final LandingConfiguration landing;
    private final String own;
    private final PartitionMetrics row;
    private final MetricValues<LandingMetric> metrics;

    private long position;

    /** The offset to commit: all records before it are in published files. */
    private long completed;

    /**
     * The offset after the last published file, where the next one begins. It is before {@link #completed} if the
     * offsets in between have no records.
     */
    private long published;

    /** The metadata to commit with {@link #completed}. */
    private CommitMetadata metadata;

    private Committed committed;

    /** The directory of the last published file or expired range, which exists. */
    private String createdDirectory = "";

    private OpenFile open;

    /** When the current batch began, by the landing clock. */
    private long batchNanos;

    /** The rejected records of the current batch that may not be stored as dead letters yet. */
    private final List<DeadLetterSender.Sent> rejections = new ArrayList<>();

    private final SettingsMismatch mismatch;

    /**
     * The file before the open one, from the start of its publication until the consumer's thread has processed its
     * result; else null.
     */
    private Publication publication;

    /**
     * A file being published, why it was closed, its end offset, its visible path and the future of its publication.
     */
    private record Publication(OpenFile file, LandingMetric reason, long end, String target, Future<?> done) {}

    private PartitionLander(RecordBatch batch, LandingConfiguration landing) {
        this.partition = batch.partition();
        this.group = batch.groupOffset();
        this.row = batch.row();
        this.metrics = row.of(LandingMetric.class);
        this.landing = landing;
        Takeover takeover = Takeover.of(batch, landing);
        this.own = takeover.directory();
        Recovery recovery = takeover.recovery();
        this.position = recovery.end();
        this.completed = position;
        this.published = recovery.first();
        this.metadata = recovery.metadata();
        this.committed = recovery.committed();
        this.mismatch = takeover.mismatch();
        metrics.add(LandingMetric.TAKEN_OVER, 1);
        metrics.set(LandingMetric.OFFSET, published);
    }

    /**
     * Takes over a partition: fences earlier owners and determines the next offset.
     *
     * @param batch the first records; landing begins with them if there is neither a file nor a commit
     * @throws LandingException if the file system does not respond or cannot be written, or if files or the committed
     *    offset were not written by landing, or belong to another topic
     */
    static PartitionLander open(RecordBatch batch, LandingConfiguration landing) {
        return new PartitionLander(batch, landing);
    }

    /**
     * Adds the records from {@link #position()} on; those before it have landed. Ends before the last record if the
     * previous file cannot be published or committed yet, or at a new file after {@link #MAX_BATCH_TIME}.
     */
    void append(RecordBatch batch) {
        if (batch.from() > position) {
            return; // Kafka may still have the records in between; the consumer reads them first.
        }
        batchNanos = landing.nanoTime().getAsLong();
        for (ConsumerRecord<byte[], ByteBuffer> consumed : batch.records()) {
            if (consumed.offset() >= position && !append(consumed)) {
                break; // The consumer reads the record again.
            }
        }
        awaitRejections();
    }

    private boolean append(ConsumerRecord<byte[], ByteBuffer> consumed) {
        long time = landing.recordTime().applyAsLong(consumed);
        if (open != null
                && (isFull() || open.bucket() != landing.layout().times().bucket(time))
                && !(awaitPublication(leftNanos())
                        && publish(isFull() ? fullReason() : LandingMetric.BY_TIME_BUCKET))) {
            return false;
        }
        if (open == null && leftNanos() <= 0) {
            return false;
        }
        write(openFile(time), consumed);
        position = consumed.offset() + 1;
        if (isFull() && isFree()) {
            publish(fullReason());
        }
        return true;
    }

    /** Returns the time that is left for the current batch; not positive if there is none. */
    private long leftNanos() {
        return MAX_BATCH_TIME.toNanos() - (landing.nanoTime().getAsLong() - batchNanos);
    }

    private boolean isFull() {
        return landing.rollPolicy().isFull(open.records(), open.bytes());
    }

    private LandingMetric fullReason() {
        return open.records() >= landing.rollPolicy().records() ? LandingMetric.BY_RECORDS : LandingMetric.BY_BYTES;
    }

    private void write(OpenFile file, ConsumerRecord<byte[], ByteBuffer> consumed) {
        try {
            file.write(consumed);
        } catch (RejectedRecordException e) {
            rejections.add(landing.rejections().reject(consumed, e));
        } catch (IOException e) {
            throw new LandingException(partition, file.path(), "writing a record failed", e);
        }
    }

    /** Waits until the rejected records are stored as dead letters; no file covers them before. */
    private void awaitRejections() {
        rejections.forEach(DeadLetterSender.Sent::await);
        metrics.add(LandingMetric.REFUSED, rejections.size());
        rejections.clear();
    }

    /** Opens a file if none is open; for a rejected record too, so that a file covers its offset. */
    private OpenFile openFile(long time) {
        if (open == null) {
            long first = publication == null ? published : publication.end();
            String path = own + "/" + first;
            LandingException.attempt(
                    partition,
                    path,
                    "creating the file failed (another member may own the partition now)",
                    () -> open = OpenFile.create(landing, path, first, time));
        }
        return open;
    }

    // ---- publishing

    /** Returns whether a file can be published without waiting for the previous one. */
    private boolean isFree() {
        return publication == null || publication.done().isDone();
    }

    /**
     * Starts publishing the open file once the previous one is published and committed; returns false if that commit
     * has to be retried.
     */
    private boolean publish(LandingMetric reason) {
        awaitRejections();
        completePublication();
        if (!commit(open.directory())) {
            return false;
        }
        OpenFile file = open;
        LandedFile landed = new LandedFile(
                partition, file.first(), position - 1, landing.encoding().format());
        String target = landing.layout().visible(landed, file.directory());
        Future<?> done = landing.publisher().begin(() -> {
            publish(file, target);
            return null;
        });
        publication = new Publication(file, reason, position, target, done);
        open = null;
        if (done.isDone()) {
            completePublication();
        }
        return true;
    }

    /** Runs on the publisher's thread. */
    private void publish(OpenFile file, String target) throws IOException {
        try {
            file.finish();
            makeParent(target);
            landing.store().rename(file.path(), target);
        } catch (IOException | RuntimeException e) {
            file.abort();
            throw e;
        }
    }

    /** Waits for the current publication, if any, and commits it. */
    private void completePublication() {
        if (publication != null) {
            awaitPublication(Long.MAX_VALUE);
            Publication ended = publication;
            publication = null;
            published = ended.end();
            // Offsets after it may have no records, see nothingBefore.
            completed = open == null ? position : published;
            long bytes = ended.file().written();
            String relativePath =
                    ended.target().substring(landing.layout().visible(partition).length() + 1);
            metadata = new CommitMetadata(ended.file().directory(), relativePath, bytes);
            mismatch.published();
            count(ended, bytes);
            LOG.info(
                    "Partition {}: landed {} records, {} bytes, in {}",
                    partition,
                    ended.file().records(),
                    bytes,
                    ended.target());
        }
        commit(metadata.next());
    }

    private void count(Publication ended, long bytes) {
        row.addEvent(Timeline.Event.FILE_PUBLISHED);
        metrics.add(ended.reason(), 1);
        metrics.add(LandingMetric.RECORDS, ended.file().records());
        metrics.add(LandingMetric.BYTES, bytes);
        metrics.set(LandingMetric.OFFSET, published);
    }

    /** Waits for the current publication, if any; returns false if it takes longer. */
    private boolean awaitPublication(long nanos) {
        if (publication == null) {
            return true;
        }
        String path = publication.file().path();
        String failed = "publishing the file failed, as " + publication.target();
        try {
            publication.done().get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandingException(partition, path, failed + ": interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new LandingException(partition, path, failed, e.getCause());
        }
    }

    private void makeParent(String path) throws IOException {
        String parent = path.substring(0, path.lastIndexOf('/'));
        if (!parent.equals(createdDirectory)) {
            landing.store().makeDirectory(parent);
            createdDirectory = parent;
        }
    }

    /**
     * Commits the completed offset and the directory of the next file; returns false if the commit has to be retried.
     */
    private boolean commit(String next) {
        Committed wanted = new Committed(
                completed,
                metadata.withNext(next).withFirst(published, completed).text());
        if (wanted.equals(committed)) {
            return true;
        }
        if (group.commit(wanted)) {
            committed = wanted;
            return true;
        }
        return false;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long safe() {
        return completed;
    }

    /** Without the pause, records after a full file would be fetched again and again while commits are rejected. */
    @Override
    public boolean appliesBackpressure() {
        return open != null && isFull() && isFree() && committed.offset() != completed;
    }

    @Override
    public void tick() {
        // Not in a rebalance, which a request would delay, and not while Kafka rejects commits.
        if (committed.offset() == completed) {
            mismatch.compareIfPublished();
        }
        if (!isFree()) {
            return;
        }
        if (open != null && isFull()) {
            publish(fullReason());
        } else if (open != null && landing.rollPolicy().isOld(landing.nanoTime().getAsLong() - open.openedNanos())) {
            publish(LandingMetric.BY_AGE);
        } else if (publication != null || committed.offset() != completed) {
            completePublication();
        }
    }

    /** Reports different settings of another instance. Landing continues: readers find files of both settings. */
    @Override
    public Failure failure() {
        return mismatch.description() == null ? null : new Failure(mismatch.description(), 1);
    }

    @Override
    public Duration maxHoldTime() {
        return landing.rollPolicy().age();
    }

    @Override
    public boolean isWaiting() {
        return publication != null;
    }

    /**
     * Includes the offsets in the range of the open file, or of the next one, and commits past them: otherwise
     * retention deletes an idle partition's last marker after the committed offset, as if records had expired.
     * While a file is being published and none is open, they are committed with its end.
     */
    @Override
    public void nothingBefore(long next) {
        position = next;
        if (open == null && publication == null) {
            completed = next;
        }
    }

    @Override
    public void expired(long next) {
        if (open != null && !publish(LandingMetric.BY_EXPIRED)) {
            throw new LandingException(
                    partition,
                    open.path(),
                    "the file cannot be published yet: the offset of the previous file is not committed",
                    null);
        }
        completePublication();
        OffsetRange expired = new OffsetRange(published, next - 1);
        String marker = landing.layout().expired(partition) + "/" + expired.name();
        LandingException.attempt(partition, marker, "recording the expired range failed", () -> {
            if (landing.store().find(marker).isEmpty()) {
                String path = own + "/expired";
                landing.store().write(path, new byte[0]);
                makeParent(marker);
                landing.store().rename(path, marker);
            }
        });
        position = next;
        completed = next;
        published = next;
        metrics.set(LandingMetric.OFFSET, published);
        commit(metadata.next());
    }

    /**
     * Starts publishing the open file. Partitions publish concurrently, so waiting for all takes as long as the
     * slowest.
     */
    @Override
    public void beginFinish() {
        if (open != null) {
            publish(LandingMetric.BY_HANDOVER);
        }
    }

    @Override
    public void finish() {
        if (open != null && !publish(LandingMetric.BY_HANDOVER)) {
            LOG.warn(
                    "Partition {}: discarded {}, because the offset of the previous file is not committed; the next"
                            + " owner lands its records again",
                    partition,
                    open.path());
        }
        completePublication();
        abandon();
    }

    /**
     * A file that is being published can still become visible until the owner directory is deleted, here or by the next
     * owner.
     */
    @Override
    public void abandon() {
        if (open != null) {
            open.abort();
            open = null;
        }
        try {
            landing.store().delete(own);
        } catch (IOException e) {
            LOG.info("Partition {}: deleting {} failed: {}; the next owner deletes it", partition, own, e.getMessage());
        }
    }
}
