package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.OffsetRange;
import io.wadi.landing.format.RejectedRecordException;
import io.wadi.runtime.telemetry.PartitionRow;
import io.wadi.runtime.telemetry.Timeline;
import io.wadi.runtime.telemetry.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lands one partition for as long as this member owns it. The visible files cover each offset once, because
 * <ol>
 *   <li>an owner first creates its own directory and deletes those of all others, so that an earlier owner that does
 *       not know of its loss can neither create nor rename files any more;
 *   <li>only then it lists the visible files and reads the committed offset ({@link Recovery}), and continues from the
 *       greater of the two;
 *   <li>a file gets its visible name, the range of offsets it covers, by one rename after its bytes are on disk, and
 *       the offset is committed only after that;
 *   <li>the next file is published only when the offset is committed and the commit names the directory of that file:
 *       so there is never more than one file that the committed offset does not prove, and the next owner knows where.
 * </ol>
 * Before all of this an owner checks that the topic's directory is this topic's ({@link Origin}): offsets of
 * another topic mean nothing.
 *
 * <p>A file is published on another thread ({@link LandingConfiguration#publisher()}) while the next one is written; everything
 * else, including the commit, runs on the consumer's thread, the only one that may call this.
 *
 * <p>Open, then any number of {@link #append}, {@link #tick} and {@link #expired}, then optionally {@link #finishSoon},
 * then {@link #finish} or {@link #abandon}. After an exception the instance must be abandoned: a rename without an
 * answer may have happened, so that only a new recovery knows.
 */
final class PartitionLander implements PartitionSink {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionLander.class);

    private final TopicPartition partition;
    private final GroupOffset group;
    private final LandingConfiguration landing;
    private final String own;
    private final PartitionRow row;
    private final Values<LandingMetric> figures;

    /** The identity that is still to be written to the topic's directory. */
    private Optional<Origin> unsaid = Optional.empty();

    private long position;
    private long published;

    /** The metadata to commit with {@link #published}. */
    private CommitMetadata metadata;

    private Committed committed = Committed.NONE;
    private final Set<String> made = new HashSet<>();
    private OpenFile open;

    /**
     * The file before the open one, from the start of its publication until the consumer's thread knows its end; else
     * null.
     */
    private Publication publication;

    /** A file being published, the reason, its end offset, its visible path and the future of its publication. */
    private record Publication(OpenFile file, LandingMetric why, long end, String target, Future<?> done) {}

    private PartitionLander(RecordBatch run, LandingConfiguration landing) {
        this.partition = run.partition();
        this.group = run.groupOffset();
        this.row = run.row();
        this.figures = row.of(LandingMetric.class);
        this.landing = landing;
        this.own = landing.layout().owners(partition) + "/" + UUID.randomUUID();
    }

    /**
     * Takes over a partition: fences earlier owners and determines where to continue.
     *
     * @param run the first records; landing begins with them if there is neither a file nor a commit
     * @throws LandingException if the file system does not answer or cannot be written, or files or committed offset are not
     *     landing's, or another topic's
     */
    static PartitionLander open(RecordBatch run, LandingConfiguration landing) {
        Layout.refusal(run.partition().topic()).ifPresent(refusal -> {
            throw new LandingException(run.partition(), landing.layout().visible(run.partition()), refusal, null);
        });
        PartitionLander lander = new PartitionLander(run, landing);
        lander.requireOrigin();
        lander.raise();
        lander.fence();
        lander.sayOrigin();
        lander.recover(run);
        return lander;
    }

    /** Rejects a directory with another topic's records before changing anything in it. */
    private void requireOrigin() {
        landing.identities().of(partition.topic()).ifPresent(now -> {
            Origin origin = new Origin(landing.store(), landing.layout(), partition, now);
            attempt(
                    origin.path(),
                    "it could not be read",
                    () -> unsaid = origin.isKnown() ? Optional.empty() : Optional.of(origin));
        });
    }

    private void sayOrigin() {
        if (unsaid.isPresent()) {
            Origin origin = unsaid.get();
            attempt(origin.path(), "it could not be written", () -> origin.say(own));
        }
    }

    private void raise() {
        attempt(own, "its directory could not be made", () -> landing.store().makeDirectory(own));
    }

    private void fence() {
        String owners = landing.layout().owners(partition);
        attempt(owners, "earlier owners could not be fenced", () -> {
            for (FileStore.Entry owner : landing.store().list(owners)) {
                if (!own.endsWith("/" + owner.name())) {
                    landing.store().delete(owners + "/" + owner.name());
                }
            }
        });
    }

    private void recover(RecordBatch run) {
        String visible = landing.layout().visible(partition);
        attempt(visible, "its landed files could not be listed", () -> {
            Recovery found = Recovery.find(landing.store(), landing.layout(), partition, group);
            committed = found.committed();
            position = found.end() < 0 ? run.from() : found.end();
            metadata = found.metadata();
        });
        published = position;
        figures.add(LandingMetric.TAKEN_OVER, 1);
        figures.set(LandingMetric.OFFSET, published);
        LOG.info("{}: landing goes on at offset {} (committed {})", partition, position, committed.offset());
    }

    /** Adds the run's records from {@link #position()} on; those before it have landed. */
    void append(RecordBatch run) {
        if (run.from() > position) {
            return; // What lies between may be in Kafka: it is read first.
        }
        for (ConsumerRecord<byte[], ByteBuffer> consumed : run.records()) {
            if (consumed.offset() >= position && !append(consumed)) {
                return; // It is read again once the last file's offset is committed.
            }
        }
    }

    private boolean append(ConsumerRecord<byte[], ByteBuffer> consumed) {
        long time = landing.time(consumed);
        if (open != null
                && (isFull() || open.bucket() != landing.layout().times().bucket(time))
                && !publish(isFull() ? whyFull() : LandingMetric.BY_TIME_BUCKET)) {
            return false;
        }
        write(openFile(time), consumed);
        position = consumed.offset() + 1;
        if (isFull() && isFree()) {
            publish(whyFull());
        }
        return true;
    }

    private boolean isFull() {
        return landing.rollPolicy().isFull(open.records(), open.bytes());
    }

    private LandingMetric whyFull() {
        return open.records() >= landing.rollPolicy().records() ? LandingMetric.BY_RECORDS : LandingMetric.BY_BYTES;
    }

    private void write(OpenFile file, ConsumerRecord<byte[], ByteBuffer> consumed) {
        try {
            file.write(consumed);
        } catch (RejectedRecordException e) {
            landing.refusals().refuse(consumed, e);
            figures.add(LandingMetric.REFUSED, 1);
        } catch (IOException e) {
            throw new LandingException(partition, file.path(), "a record could not be written", e);
        }
    }

    /** A rejected record opens a file too, so that its offset is covered. */
    private OpenFile openFile(long time) {
        if (open == null) {
            String path = own + "/" + position;
            attempt(
                    path,
                    "it could not be created (another member may own the partition now)",
                    () -> open = OpenFile.create(landing, path, position, time));
        }
        return open;
    }

    // ---- publishing

    /** Whether a file can be published without waiting for the one before it. */
    private boolean isFree() {
        return publication == null || publication.done().isDone();
    }

    /**
     * Starts publishing the open file once the one before is published and committed; returns false if that could not be
     * committed yet.
     */
    private boolean publish(LandingMetric why) {
        settle();
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
        publication = new Publication(file, why, position, target, done);
        open = null;
        if (done.isDone()) {
            settle();
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
    private void settle() {
        if (publication != null) {
            Publication ended = publication;
            await(ended);
            publication = null;
            published = ended.end();
            long bytes = ended.file().written();
            String below =
                    ended.target().substring(landing.layout().visible(partition).length() + 1);
            metadata = new CommitMetadata(ended.file().directory(), below, bytes);
            count(ended, bytes);
            LOG.info(
                    "{}: landed {} records, {} bytes, in {}",
                    partition,
                    ended.file().records(),
                    bytes,
                    ended.target());
        }
        commit(metadata.next());
    }

    private void count(Publication ended, long bytes) {
        row.happened(Timeline.Happening.FILE);
        figures.add(ended.why(), 1);
        figures.add(LandingMetric.RECORDS, ended.file().records());
        figures.add(LandingMetric.BYTES, bytes);
        figures.set(LandingMetric.OFFSET, published);
    }

    private void await(Publication ended) {
        String failed = "it could not be published as " + ended.target();
        try {
            ended.done().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LandingException(partition, ended.file().path(), failed + ": interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new LandingException(partition, ended.file().path(), failed, e.getCause());
        }
    }

    private void makeParent(String path) throws IOException {
        String parent = path.substring(0, path.lastIndexOf('/'));
        if (!made.contains(parent)) {
            landing.store().makeDirectory(parent);
            made.add(parent);
        }
    }

    /** Commits the published offset and the directory of the next file; returns false if that failed for now. */
    private boolean commit(String next) {
        Committed wanted = new Committed(published, metadata.withNext(next).text());
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
        return published;
    }

    @Override
    public void tick() {
        if (!isFree()) {
            return;
        }
        if (open != null && isFull()) {
            publish(whyFull());
        } else if (open != null && landing.rollPolicy().isOld(landing.nanoTime().getAsLong() - open.openedNanos())) {
            publish(LandingMetric.BY_AGE);
        } else if (publication != null || committed.offset() != published) {
            settle();
        }
    }

    @Override
    public Duration holdsFor() {
        return landing.rollPolicy().age();
    }

    @Override
    public boolean isWaiting() {
        return publication != null;
    }

    @Override
    public void expired(long next) {
        if (open != null && !publish(LandingMetric.BY_EXPIRED)) {
            throw new LandingException(
                    partition, open.path(), "it waits to be published: the file before it is not committed yet", null);
        }
        settle();
        OffsetRange expired = new OffsetRange(position, next - 1);
        String marker = landing.layout().expired(partition) + "/" + expired.name();
        attempt(marker, "the expired range could not be recorded", () -> {
            if (landing.store().find(marker).isEmpty()) {
                String path = own + "/expired";
                landing.store().create(path).close();
                makeParent(marker);
                landing.store().rename(path, marker);
            }
        });
        position = next;
        published = next;
        figures.set(LandingMetric.OFFSET, published);
        commit(metadata.next());
    }

    /** All partitions publish concurrently, so waiting for each takes no longer than for the slowest. */
    @Override
    public void finishSoon() {
        if (open != null) {
            publish(LandingMetric.BY_HANDOVER);
        }
    }

    @Override
    public void finish() {
        if (open != null && !publish(LandingMetric.BY_HANDOVER)) {
            LOG.warn("{}: {} is left to its next owner: the file before it is not committed", partition, open.path());
        }
        settle();
        abandon();
    }

    /** A file being published may become visible until its directory is deleted, here or by the next owner. */
    @Override
    public void abandon() {
        if (open != null) {
            open.abort();
            open = null;
        }
        try {
            landing.store().delete(own);
        } catch (IOException e) {
            LOG.info("{}: {} is left to the next owner to delete: {}", partition, own, e.getMessage());
        }
    }

    private void attempt(String path, String failed, Attempt attempt) {
        try {
            attempt.run();
        } catch (IOException e) {
            throw new LandingException(partition, path, failed, e);
        } catch (Recovery.Conflict e) {
            throw new LandingException(partition, e.path(), e.getMessage(), null);
        }
    }

    private interface Attempt {
        void run() throws IOException;
    }
}
