package io.wadi.landing.compaction;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.landing.LandingException;
import io.wadi.landing.TopicLog;
import io.wadi.landing.compaction.PartitionCompactor.Merge;
import io.wadi.landing.compaction.PartitionCompactor.Sizes;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.VisibleFiles;
import io.wadi.landing.format.LineReader;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Merges small landed files of a topic into larger ones, partition by partition, while landing and readers go on: each
 * record is visible once at every moment. Files of lines take part, compressed or not, whose offsets landing's group has
 * committed; others cannot be put one after the other.
 */
public final class Compaction {
    /** A merge of more would hold the NameNode's lock for long. */
    private static final int MOST = 500;

    private final FileStore store;
    private final Layout layout;
    private final Properties consumer;

    /**
     * Takes where landed files stand and how Kafka is asked for what is committed.
     *
     * @param replication DataNodes that hold each block of a merged file
     * @param blockSize of a merged file, in bytes
     * @param group of a merged file; empty: that of the directory above
     * @param consumer settings of a consumer of byte arrays in landing's group
     */
    public Compaction(
            HdfsConnection hdfs,
            String directory,
            short replication,
            long blockSize,
            String group,
            Properties consumer) {
        this.store = new HdfsFileStore(hdfs, new HdfsFileStore.FileOptions(replication, blockSize, group));
        this.layout = new Layout(directory);
        this.consumer = consumer;
    }

    /**
     * Brings unfinished merges to their end, and merges.
     *
     * @param below bytes; only shorter files are merged
     * @param to bytes; merged files are at most so long
     * @param dryRun says what would be done, and changes nothing
     * @param said told of each merge and each failure, a line each
     * @return whether nothing failed
     * @throws IOException where there is no such topic, or HDFS does not answer
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer
     */
    public boolean run(String topic, long below, long to, boolean dryRun, Consumer<String> said) throws IOException {
        Sizes sizes = new Sizes(below, to, MOST);
        boolean all = true;
        long files = 0;
        long merged = 0;
        try (TopicLog log = new TopicLog(consumer)) {
            List<TopicPartition> partitions = log.partitions(topic);
            if (partitions.isEmpty()) {
                throw new IOException("Kafka has no topic " + topic);
            }
            for (TopicPartition partition : partitions) {
                sayWhatCannotBeMerged(partition, said);
                PartitionCompactor compactor = new PartitionCompactor(store, layout, partition, sizes);
                try {
                    if (!dryRun) {
                        int settled = compactor.settle();
                        if (settled > 0) {
                            said.accept("%s: settled %d unfinished".formatted(partition, settled));
                        }
                    }
                    for (Merge merge : compactor.plan(log.committed(partition))) {
                        if (!dryRun) {
                            compactor.merge(merge);
                        }
                        said.accept(line(partition, merge, dryRun));
                        files += merge.files().size();
                        merged++;
                    }
                } catch (LandingException e) {
                    said.accept(e.getMessage().lines().findFirst().orElse("")
                            + "; nothing is lost, the files are as before");
                    all = false;
                }
            }
        }
        said.accept(String.format(
                Locale.ROOT, "%s: %,d files %s into %,d", topic, files, dryRun ? "would be merged" : "merged", merged));
        return all;
    }

    private void sayWhatCannotBeMerged(TopicPartition partition, Consumer<String> said) throws IOException {
        long others = VisibleFiles.list(store, layout, partition).files().stream()
                .filter(file -> !LineReader.canRead(file.path()))
                .count();
        if (others > 0) {
            said.accept(
                    "%s: %d files are not of lines (Parquet, Avro) and cannot be put one after the other; they stay as they are"
                            .formatted(partition, others));
        }
    }

    private static String line(TopicPartition partition, Merge merge, boolean dryRun) {
        return String.format(
                Locale.ROOT,
                "%s: %,d files, %,d bytes, %s %s",
                partition,
                merge.files().size(),
                merge.bytes(),
                dryRun ? "would become" : "are now",
                merge.result());
    }
}
