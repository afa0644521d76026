package io.wadi.landing;

import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.Run;
import java.io.IOException;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lands one partition for as long as this member owns it. The visible files cover each offset once, because
 * <ol>
 *   <li>an owner first makes a directory of its own and deletes those of all others, so that an earlier owner that does
 *       not know of its loss can neither create nor rename any more;
 *   <li>only then it looks how far the visible files go, and only after that at the committed offset, and goes on from the
 *       greater of the two;
 *   <li>a file gets its visible name, which is the range it covers, by one rename after its bytes are on disk, and the
 *       offset is committed only after that.
 * </ol>
 * Open, then any number of {@link #append} and {@link #tick}, then {@link #finish} or {@link #abandon}. After an exception
 * it is of no more use and is abandoned: a rename whose answer was lost may have happened, so only a new recovery knows.
 * For the consumer's thread only.
 */
final class PartitionLander implements PartitionSink {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionLander.class);
    private static final byte[] NEWLINE = {'\n'};

    private final TopicPartition partition;
    private final FileStore store;
    private final Layout layout;
    private final Rotation rotation;
    private final LongSupplier nanoTime;
    private final Refusals refusals;
    private final String own;
    private long position;
    private long published = -1;
    private OpenFile open;

    /** The file being written. */
    private static final class OpenFile {
        private final String path;
        private final FileStore.Output out;
        private final long first;
        private final long openedNanos;
        private long records;
        private long bytes;

        OpenFile(String path, FileStore.Output out, long first, long openedNanos) {
            this.path = path;
            this.out = out;
            this.first = first;
            this.openedNanos = openedNanos;
        }
    }

    private PartitionLander(
            TopicPartition partition,
            FileStore store,
            Layout layout,
            Rotation rotation,
            Refusals refusals,
            LongSupplier nanoTime) {
        this.partition = partition;
        this.store = store;
        this.layout = layout;
        this.rotation = rotation;
        this.refusals = refusals;
        this.nanoTime = nanoTime;
        this.own = layout.owners(partition) + "/" + UUID.randomUUID();
    }

    /**
     * Takes the partition over: fences earlier owners and finds out where to go on.
     *
     * @param refusals where records go that cannot stand in a file of lines
     * @param run the first records at hand; where neither a file nor a commit exists, landing begins with the first of them
     * @throws LandingException where the file system does not answer or cannot be written
     */
    static PartitionLander open(
            Run run, FileStore store, Layout layout, Rotation rotation, Refusals refusals, LongSupplier nanoTime) {
        PartitionLander lander = new PartitionLander(run.partition(), store, layout, rotation, refusals, nanoTime);
        lander.raise();
        lander.fence();
        lander.recover(run);
        return lander;
    }

    private void raise() {
        attempt(own, "its directory could not be made", () -> store.makeDirectory(own));
    }

    private void fence() {
        String owners = layout.owners(partition);
        attempt(owners, "earlier owners could not be fenced", () -> {
            for (FileStore.Entry owner : store.list(owners)) {
                if (!own.endsWith("/" + owner.name())) {
                    store.delete(owners + "/" + owner.name());
                }
            }
        });
    }

    private void recover(Run run) {
        String visible = layout.visible(partition);
        attempt(visible, "its landed files could not be listed", () -> {
            store.makeDirectory(visible);
            published = LandedFiles.in(store, layout, partition).stream()
                    .mapToLong(file -> file.last() + 1)
                    .max()
                    .orElse(-1);
        });
        long landed = published;
        long committed = run.committedOffset();
        // Files that were committed may have been taken away: what is landed up to here is the greater of the two.
        published = Math.max(landed, committed);
        position = published < 0 ? run.firstOffset() : published;
        LOG.info(
                "{}: landing goes on at offset {} (landed up to {}, committed {})",
                partition,
                position,
                landed,
                committed);
        if (position < run.firstOffset()) {
            LOG.warn(
                    "{}: offsets {} to {} are not in Kafka any more (expired, compacted away, or transaction markers); "
                            + "the next file covers them without records",
                    partition,
                    position,
                    run.firstOffset() - 1);
        }
    }

    /** Adds the run's records from {@link #position()} on; those before it have landed already. */
    void append(Run run) {
        for (ConsumerRecord<byte[], byte[]> consumed : run.records()) {
            if (consumed.offset() >= position) {
                append(consumed);
            }
        }
    }

    private void append(ConsumerRecord<byte[], byte[]> consumed) {
        OpenFile file = openFile();
        String refusal = Lines.refusal(consumed.value());
        if (refusal == null) {
            write(file, consumed.value());
        } else {
            refusals.refuse(consumed, new IllegalArgumentException(refusal));
        }
        position = consumed.offset() + 1;
        if (rotation.isFull(file.records, file.bytes)) {
            publish();
        }
    }

    private void write(OpenFile file, byte[] value) {
        attempt(file.path, "a record could not be written", () -> {
            file.out.write(value, 0, value.length);
            file.out.write(NEWLINE, 0, 1);
        });
        file.records++;
        file.bytes += value.length + 1L;
    }

    /** Also a refused record opens a file, so that its offset is covered by one. */
    private OpenFile openFile() {
        if (open == null) {
            String path = own + "/" + position;
            attempt(path, "it could not be created (another member may own the partition now)", () -> {
                open = new OpenFile(path, store.create(path), position, nanoTime.getAsLong());
            });
        }
        return open;
    }

    private void publish() {
        LandedFile file = new LandedFile(partition, open.first, position - 1);
        String target = layout.visible(file);
        attempt(open.path, "it could not be published as " + target, () -> {
            open.out.sync();
            open.out.close();
            store.rename(open.path, target);
        });
        LOG.info("{}: landed {} records, {} bytes, in {}", partition, open.records, open.bytes, target);
        open = null;
        published = position;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public long committable() {
        return published;
    }

    @Override
    public void tick() {
        if (open != null && rotation.isOld(nanoTime.getAsLong() - open.openedNanos)) {
            publish();
        }
    }

    @Override
    public void finish() {
        if (open != null) {
            publish();
        }
        abandon();
    }

    @Override
    public void abandon() {
        if (open != null) {
            open.out.abort();
            open = null;
        }
        try {
            store.delete(own);
        } catch (IOException e) {
            LOG.info("{}: {} is left to the next owner to delete: {}", partition, own, e.getMessage());
        }
    }

    private void attempt(String path, String failed, Attempt attempt) {
        try {
            attempt.run();
        } catch (IOException e) {
            throw new LandingException(partition, path, failed, e);
        }
    }

    /** Takes records that cannot stand in a file. Returns when the record is kept elsewhere, or throws. */
    interface Refusals {
        void refuse(ConsumerRecord<byte[], byte[]> refused, Exception cause);
    }

    private interface Attempt {
        void run() throws IOException;
    }
}
