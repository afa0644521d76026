package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.VisibleFiles;
import java.io.IOException;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/** Whether landing's group can be set to another offset without a gap or an overlap in its landed files. */
public final class OffsetResetCheck {
    private final FileStore store;
    private final Layout layout;

    /** Takes the connection to HDFS and the directory that landing writes to. */
    public OffsetResetCheck(HdfsConnection hdfs, String directory) {
        this.store = new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT);
        this.layout = new Layout(directory);
    }

    /** Whether what was committed beside an offset is landing's. */
    public static boolean isLandings(String note) {
        return CommitMetadata.parse(note).isPresent();
    }

    /**
     * Why the group must not be set to an offset; empty where it may.
     *
     * @param committed what is committed now; -1 where nothing is
     * @param begin the first offset that Kafka still has
     * @param to where the group is to be set, from {@code begin} on
     * @throws IOException where HDFS does not answer
     */
    public Optional<String> refusal(TopicPartition partition, long committed, long begin, long to) throws IOException {
        long landed = VisibleFiles.list(store, layout, partition).files().stream()
                .mapToLong(each -> each.landed().last() + 1)
                .max()
                .orElse(-1);
        return refusal(landed, committed, begin, to, layout.visible(partition));
    }

    /** The same, with the offset after the last landed one; -1 where nothing has landed. */
    static Optional<String> refusal(long landed, long committed, long begin, long to, String directory) {
        if (to < landed) {
            return Optional.of(("offsets %d to %d stand in %s and would land twice: set it to %d, or move the files"
                            + " from offset %d on away first")
                    .formatted(to, landed - 1, directory, landed, to));
        }
        // What Kafka has no more cannot land, wherever the group is set.
        long next = Math.max(Math.max(landed, committed), begin);
        return Math.max(landed, committed) >= 0 && to > next
                ? Optional.of("offsets %d to %d would never land: set it to %d, or let landing come to %d by itself"
                        .formatted(next, to - 1, next, to))
                : Optional.empty();
    }
}
