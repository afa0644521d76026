package io.wadi.landing.audit;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.landing.files.Coverage;
import io.wadi.landing.files.LandedRecords;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.OffsetRange;
import io.wadi.landing.files.VisibleFiles;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.kafka.common.TopicPartition;

/**
 * Lists landed topics, partitions and files for the management page, from the names of files only; an {@link Audit}
 * finds the causes of gaps. It has the file names of only one partition at a time in memory. Thread-safe.
 */
public final class LandedListing {
    private static final int MAX_TOPICS = 200;
    private static final long MAX_FILES = 100_000;
    private static final int NEWEST = 50;
    private static final int MAX_RANGES = 10;
    private static final Comparator<File> BY_AGE =
            Comparator.comparingLong(File::modified).thenComparingLong(File::last);

    private final FileStore store;
    private final Layout layout;
    private final LandedRecords records;
    private final Clock clock;

    public LandedListing(HdfsConnection hdfs, String directory) {
        this.store = new HdfsFileStore(hdfs, HdfsFileStore.FileOptions.DEFAULT);
        this.layout = new Layout(directory);
        this.records = new LandedRecords(hdfs, directory);
        this.clock = Clock.systemUTC();
    }

    /**
     * All topics with a partition directory.
     *
     * @param time the time of the listing, in milliseconds since the epoch, like all times in this class
     * @param directory the root of landed files
     * @param more number of topics beyond these, which are the first by name
     */
    public record Topics(long time, String directory, List<Topic> topics, int more) {}

    /**
     * A topic. All fields except the name are null if the limit of listed files was reached before this topic.
     *
     * @param offsets number of offsets in files, each counted once
     * @param missing number of offsets between the first and the last of a partition that are in no file
     * @param doubled number of offsets in more than one file
     * @param newest when the last file was closed; null if there is none
     */
    public record Topic(
            String topic,
            Integer partitions,
            Integer files,
            Long bytes,
            Long offsets,
            Long missing,
            Long doubled,
            Long newest) {}

    /** The partitions of a topic, and its newest files, newest first. */
    public record Files(
            long time, String topic, String directory, int files, List<Partition> partitions, List<File> newest) {}

    /**
     * One partition.
     *
     * @param bytes total length of its files
     * @param first the first offset in a file; null if there is no file
     * @param last the last offset in a file; null if there is no file
     * @param gaps the first ranges between these that are in no file
     * @param missing number of offsets in all gaps
     * @param overlaps the first ranges in two files
     * @param doubled number of offsets in all overlaps
     * @param newest the file closed last; null if there is none
     * @param unfinished number of unfinished merges
     * @param foreign number of visible files that landing did not write
     */
    public record Partition(
            int partition,
            int files,
            long bytes,
            Long first,
            Long last,
            List<OffsetRange> gaps,
            long missing,
            List<OffsetRange> overlaps,
            long doubled,
            File newest,
            int unfinished,
            int foreign) {}

    /**
     * A file.
     *
     * @param file path relative to the topic's directory
     * @param first the first offset that the file covers
     * @param last the last offset that the file covers
     * @param modified when it was closed
     */
    public record File(String file, int partition, long first, long last, long bytes, long modified) {}

    /**
     * Returns all topics, in the order of their names.
     *
     * @throws IOException if HDFS does not respond
     */
    public Topics topics() throws IOException {
        List<String> names = store.list(layout.root().isEmpty() ? "/" : layout.root()).stream()
                .filter(each -> each.isDirectory() && Layout.isVisible(each.name()))
                .map(FileStore.Entry::name)
                .sorted()
                .toList();
        List<Topic> topics = new ArrayList<>();
        long listed = 0;
        for (String name : names.subList(0, Math.min(MAX_TOPICS, names.size()))) {
            Topic topic = listed < MAX_FILES ? topic(name) : unread(name);
            listed += topic.files() == null ? 0 : topic.files();
            if (topic.partitions() == null || topic.partitions() > 0) {
                topics.add(topic);
            }
        }
        return new Topics(clock.millis(), layout.root(), topics, Math.max(0, names.size() - MAX_TOPICS));
    }

    private static Topic unread(String name) {
        return new Topic(name, null, null, null, null, null, null, null);
    }

    private Topic topic(String name) throws IOException {
        int files = 0;
        long bytes = 0;
        long offsets = 0;
        long missing = 0;
        long doubled = 0;
        Long newest = null;
        List<TopicPartition> partitions = records.partitions(name);
        for (TopicPartition each : partitions) {
            Partition found = partition(each, VisibleFiles.list(store, layout, each));
            files += found.files();
            bytes += found.bytes();
            missing += found.missing();
            doubled += found.doubled();
            if (found.newest() != null) {
                offsets += found.last() - found.first() + 1 - found.missing();
                newest = Math.max(newest == null ? 0 : newest, found.newest().modified());
            }
        }
        return new Topic(name, partitions.size(), files, bytes, offsets, missing, doubled, newest);
    }

    /** Returns the partitions and newest files of a topic. Throws the exceptions of {@link #requireLanded}. */
    public Files files(String topic) throws IOException {
        List<TopicPartition> all = requireLanded(topic);
        List<Partition> partitions = new ArrayList<>();
        PriorityQueue<File> newest = new PriorityQueue<>(BY_AGE);
        int files = 0;
        for (TopicPartition each : all) {
            VisibleFiles visible = VisibleFiles.list(store, layout, each);
            partitions.add(partition(each, visible));
            files += visible.files().size();
            for (VisibleFiles.File file : visible.files()) {
                newest.add(shown(file));
                if (newest.size() > NEWEST) {
                    newest.remove();
                }
            }
        }
        return new Files(
                clock.millis(),
                topic,
                layout.visible(topic),
                files,
                partitions,
                newest.stream().sorted(BY_AGE.reversed()).toList());
    }

    /**
     * Returns the landed partitions of a topic.
     *
     * @throws IllegalArgumentException if the topic's name is invalid
     * @throws FileNotFoundException if no record of it has landed
     * @throws IOException if HDFS does not respond
     */
    public List<TopicPartition> requireLanded(String topic) throws IOException {
        Layout.requireTopic(topic);
        List<TopicPartition> all = records.partitions(topic);
        if (all.isEmpty()) {
            throw new FileNotFoundException("no landed files of topic %s: no partition directories in %s"
                    .formatted(topic, layout.visible(topic)));
        }
        return all;
    }

    private Partition partition(TopicPartition partition, VisibleFiles visible) {
        Coverage coverage = Coverage.of(visible.ranges());
        List<OffsetRange> covered = coverage.covered();
        List<OffsetRange> overlaps =
                coverage.overlaps().stream().map(Coverage.Overlap::offsets).toList();
        return new Partition(
                partition.partition(),
                visible.files().size(),
                visible.bytes(),
                covered.isEmpty() ? null : (Long) covered.get(0).first(),
                covered.isEmpty()
                        ? null
                        : (Long) covered.get(covered.size() - 1).last(),
                firstOf(coverage.gaps()),
                size(coverage.gaps()),
                firstOf(overlaps),
                size(overlaps),
                visible.files().stream().map(this::shown).max(BY_AGE).orElse(null),
                visible.unfinished().size(),
                visible.foreign().size());
    }

    private static List<OffsetRange> firstOf(List<OffsetRange> ranges) {
        return ranges.subList(0, Math.min(MAX_RANGES, ranges.size()));
    }

    private static long size(List<OffsetRange> ranges) {
        return ranges.stream().mapToLong(OffsetRange::size).sum();
    }

    private File shown(VisibleFiles.File file) {
        String topic = layout.visible(file.landed().partition().topic()) + "/";
        return new File(
                file.path().substring(topic.length()),
                file.landed().partition().partition(),
                file.landed().first(),
                file.landed().last(),
                file.length(),
                file.modified().toEpochMilli());
    }
}
