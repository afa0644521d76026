package io.wadi.landing.compaction;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.kafka.records.TopicReader;
import io.wadi.landing.LandingException;
import io.wadi.landing.compaction.PartitionCompactor.Merge;
import io.wadi.landing.compaction.PartitionCompactor.Sizes;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.VisibleFiles;
import io.wadi.landing.format.LineReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Merges small landed files of a topic into larger ones, partition by partition, while landing and readers continue:
 * each record is visible exactly once at every moment. Only files of lines below the committed offset of landing's
 * group are merged, compressed or not; other formats cannot be concatenated.
 */
public final class Compaction {
    /** Maximum number of files in a merge; larger merges would hold the NameNode's lock for too long. */
    private static final int MAX_FILES = 500;

    private final FileStore store;
    private final Layout layout;
    private final Properties consumer;

    /**
     * Creates a compaction of landed files.
     *
     * @param replication number of DataNodes that store each block of a merged file
     * @param blockSize the block size of a merged file, in bytes
     * @param group the group of a merged file; empty: inherited from the parent directory
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
     * Completes unfinished merges, then merges files.
     *
     * @param below bytes; only smaller files are merged
     * @param to maximum size of merged files in bytes
     * @param dryRun prints the merges without changing anything
     * @param output receives a line for each merge and each failure
     * @return true if nothing failed
     * @throws IllegalArgumentException if there are files, but the group has no committed offset of the topic
     * @throws IOException if the topic does not exist or HDFS does not respond
     * @throws org.apache.kafka.common.KafkaException if Kafka does not respond
     */
    public boolean run(String topic, long below, long to, boolean dryRun, Consumer<String> output) throws IOException {
        Sizes sizes = new Sizes(below, to, MAX_FILES);
        boolean succeeded = true;
        long files = 0;
        long merged = 0;
        try (TopicReader log = TopicReader.complete(consumer)) {
            List<TopicPartition> partitions = log.partitions(topic);
            if (partitions.isEmpty()) {
                throw new IOException("Kafka has no topic " + topic);
            }
            requireCommittedOffset(log, partitions);
            for (TopicPartition partition : partitions) {
                long committed = log.committed(partition);
                reportSkippedFiles(partition, committed, output);
                PartitionCompactor compactor = new PartitionCompactor(store, layout, partition, sizes);
                try {
                    if (!dryRun) {
                        int recovered = compactor.recover();
                        if (recovered > 0) {
                            output.accept(
                                    "%s: completed or reverted %d unfinished merges".formatted(partition, recovered));
                        }
                    }
                    List<Merge> planned = compactor.plan(committed);
                    if (dryRun) {
                        planned.forEach(merge -> output.accept(line(partition, merge, true)));
                    }
                    List<Merge> done = dryRun ? planned : mergeAll(partition, compactor, planned, output);
                    succeeded &= done.size() == planned.size();
                    files += done.stream()
                            .mapToLong(merge -> merge.files().size())
                            .sum();
                    merged += done.size();
                } catch (LandingException e) {
                    output.accept(line(e));
                    succeeded = false;
                }
            }
        }
        output.accept(String.format(
                Locale.ROOT, "%s: %,d files %s into %,d", topic, files, dryRun ? "would be merged" : "merged", merged));
        return succeeded;
    }

    /**
     * Merges files; a merge that fails does not prevent the next ones, unless its recovery fails too or another
     * compaction of the partition is running.
     *
     * @return the merges that succeeded
     */
    static List<Merge> mergeAll(
            TopicPartition partition, PartitionCompactor compactor, List<Merge> planned, Consumer<String> output) {
        List<Merge> done = new ArrayList<>();
        for (Merge merge : planned) {
            try {
                compactor.merge(merge);
                done.add(merge);
                output.accept(line(partition, merge, false));
            } catch (LandingException e) {
                output.accept(line(e));
                if (e.getSuppressed().length > 0) {
                    return done;
                }
            }
        }
        return done;
    }

    /** No file would be merged, as with a misspelled group. */
    private void requireCommittedOffset(TopicReader log, List<TopicPartition> partitions) throws IOException {
        if (partitions.stream().anyMatch(each -> log.committed(each) >= 0)) {
            return;
        }
        for (TopicPartition each : partitions) {
            if (!VisibleFiles.list(store, layout, each).files().isEmpty()) {
                throw new IllegalArgumentException(
                        ("Group \"%s\" has no committed offsets of topic %s, and only files below them are merged;"
                                        + " expected landing's group")
                                .formatted(consumer.getProperty("group.id"), each.topic()));
            }
        }
    }

    private void reportSkippedFiles(TopicPartition partition, long committed, Consumer<String> output)
            throws IOException {
        List<VisibleFiles.File> files =
                VisibleFiles.list(store, layout, partition).files();
        if (committed < 0 && !files.isEmpty()) {
            output.accept(("%s: skipped %d files: group %s has no committed offset, and only files below it are merged;"
                            + " expected landing's group")
                    .formatted(partition, files.size(), consumer.getProperty("group.id")));
            return;
        }
        long skipped =
                files.stream().filter(file -> !LineReader.canRead(file.path())).count();
        if (skipped > 0) {
            output.accept("%s: skipped %d Parquet or Avro files: only files of lines can be concatenated"
                    .formatted(partition, skipped));
        }
    }

    /** Returns the output line for a failure. The failed merge may have concatenated its files already. */
    static String line(LandingException failure) {
        return failure.getMessage().lines().findFirst().orElse("")
                + "; each record is visible once, and the next run without --dry-run recovers unfinished merges";
    }

    private static String line(TopicPartition partition, Merge merge, boolean dryRun) {
        return String.format(
                Locale.ROOT,
                "%s: %s %,d files, %,d bytes, into %s",
                partition,
                dryRun ? "would merge" : "merged",
                merge.files().size(),
                merge.bytes(),
                merge.result());
    }
}
