package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.VisibleFiles;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Checks whether landing's group can be reset to another offset without a gap or an overlap in its landed files.
 */
public final class OffsetResetCheck {
    private final FileStore store;
    private final Layout layout;

    public OffsetResetCheck(HdfsConnection hdfs, String directory) {
        this.store = new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT);
        this.layout = new Layout(directory);
    }

    /** Returns whether landing wrote the committed metadata. */
    public static boolean isFromLanding(String metadata) {
        return CommitMetadata.parse(metadata).isPresent();
    }

    /**
     * Returns why the group must not be reset to an offset; empty if it can be.
     *
     * @param committed the committed offset; -1 if there is none
     * @param begin Kafka's first offset
     * @param to the new offset, not less than {@code begin}
     * @throws IOException if HDFS does not respond
     */
    public Optional<String> refusal(TopicPartition partition, long committed, long begin, long to) throws IOException {
        long landed = VisibleFiles.list(store, layout, partition).files().stream()
                .mapToLong(each -> each.landed().last() + 1)
                .max()
                .orElse(-1);
        return refusal(landed, committed, begin, to, layout.visible(partition));
    }

    /**
     * Returns why the group must not be reset, without access to HDFS.
     *
     * @param landed the offset after the last landed one; -1 if nothing has landed
     */
    static Optional<String> refusal(long landed, long committed, long begin, long to, String directory) {
        if (to < landed) {
            return Optional.of(
                    ("offsets %d to %d are in files of %s and would land twice: set the offset to %d, or move"
                                    + " away the files from offset %d on first")
                            .formatted(to, landed - 1, directory, landed, to));
        }
        // Records that Kafka has deleted cannot land, whatever the offset.
        long next = Math.max(Math.max(landed, committed), begin);
        return Math.max(landed, committed) >= 0 && to > next
                ? Optional.of(
                        "offsets %d to %d would never land: set the offset to %d, or wait until landing reaches %d"
                                .formatted(next, to - 1, next, to))
                : Optional.empty();
    }
}
