package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.RecordBatch;
import io.wadi.landing.files.Layout;
import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import org.apache.camel.util.function.ThrowingRunnable;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first steps of a new owner of a partition, in this order:
 * <ol>
 *   <li>check that the topic's directory contains this topic's files ({@link Origin}), since offsets of another topic
 *       are unrelated;
 *   <li>create the owner directory;
 *   <li>delete those of all other owners, so that an earlier owner can neither create nor rename files any more;
 *   <li>list the visible files and read the committed offset ({@link Recovery}).
 * </ol>
 */
final class Takeover {
    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);

    private final TopicPartition partition;
    private final GroupOffset group;
    private final LandingConfiguration landing;
    private final String directory;
    private final SettingsMismatch mismatch;

    /** The identity to write to the topic's directory, if it has none yet. */
    private Optional<Origin> originToWrite = Optional.empty();

    private Recovery recovery;

    private Takeover(TopicPartition partition, GroupOffset group, LandingConfiguration landing) {
        this.partition = partition;
        this.group = group;
        this.landing = landing;
        this.mismatch = new SettingsMismatch(partition, group, landing);
        this.directory = landing.layout().owners(partition) + "/" + UUID.randomUUID();
    }

    /**
     * Takes over a partition: fences earlier owners and determines the next offset.
     *
     * @param batch the first records; landing begins with them if there is neither a file nor a commit
     * @throws LandingException if the file system does not respond or cannot be written, or if files or the committed
     *    offset were not written by landing, or belong to another topic
     */
    static Takeover of(RecordBatch batch, LandingConfiguration landing) {
        TopicPartition partition = batch.partition();
        Layout.refusal(partition, landing.encoding().format()).ifPresent(refusal -> {
            throw new LandingException(partition, landing.layout().visible(partition), refusal, null);
        });
        Takeover takeover = new Takeover(partition, batch.groupOffset(), landing);
        takeover.requireOrigin();
        takeover.createOwnerDirectory();
        takeover.fenceOtherOwners();
        takeover.writeOrigin();
        takeover.recover(batch.from());
        return takeover;
    }

    /** Returns the directory of this owner. */
    String directory() {
        return directory;
    }

    /** Returns where landing continues; its offsets are not negative. */
    Recovery recovery() {
        return recovery;
    }

    /** Returns the comparison of the settings with those of other instances. */
    SettingsMismatch mismatch() {
        return mismatch;
    }

    /** Rejects a directory with another topic's records before changing anything in it. */
    private void requireOrigin() {
        landing.identities().of(partition.topic()).ifPresent(now -> {
            Origin origin = new Origin(landing.store(), landing.layout(), partition, now);
            attempt(
                    origin.path(),
                    "reading the file failed",
                    () -> originToWrite = origin.isKnown() ? Optional.empty() : Optional.of(origin));
        });
    }

    private void writeOrigin() {
        originToWrite.ifPresent(
                origin -> attempt(origin.path(), "writing the file failed", () -> origin.writeIfAbsent(directory)));
    }

    private void createOwnerDirectory() {
        attempt(
                directory,
                "creating the owner directory failed",
                () -> landing.store().makeDirectory(directory));
    }

    private void fenceOtherOwners() {
        String owners = landing.layout().owners(partition);
        attempt(owners, "fencing earlier owners failed", () -> {
            for (FileStore.Entry owner : landing.store().list(owners)) {
                if (!directory.endsWith("/" + owner.name())) {
                    landing.store().delete(owners + "/" + owner.name());
                }
            }
        });
    }

    private void recover(long from) {
        attempt(landing.layout().visible(partition), "listing the landed files failed", () -> {
            Recovery found = Recovery.find(landing.store(), landing.layout(), partition, group);
            recovery = found.end() < 0 ? new Recovery(from, from, found.committed(), found.metadata()) : found;
            mismatch.takenOver(found.metadata().last());
        });
        LOG.info(
                "Partition {}: landing from offset {} (committed offset {})",
                partition,
                recovery.end(),
                recovery.committed().offset());
    }

    private void attempt(String path, String failure, ThrowingRunnable<IOException> action) {
        LandingException.attempt(partition, path, failure, action);
    }
}
