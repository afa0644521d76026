package io.wadi.landing.audit;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.records.TopicReader;
import io.wadi.landing.CommitMetadata;
import io.wadi.landing.audit.AuditReport.Cause;
import io.wadi.landing.audit.AuditReport.Gap;
import io.wadi.landing.audit.AuditReport.Hollow;
import io.wadi.landing.audit.AuditReport.Overlap;
import io.wadi.landing.audit.AuditReport.Owner;
import io.wadi.landing.files.Coverage;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.OffsetRange;
import io.wadi.landing.files.VisibleFiles;
import io.wadi.landing.format.Format;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Audits one partition: the offsets that its files cover by name, and the records that Kafka has at all other offsets.
 */
record PartitionAudit(FileStore store, Layout layout, TopicReader log, TopicPartition partition) {
    private static final int ATTEMPTS = 5;

    /**
     * The landing group's commit.
     *
     * @param offset -1 if nothing is committed
     * @param nextFirst the first offset of the next file; those from it to the committed offset have no records
     */
    private record Commit(long offset, long nextFirst) {
        static final Commit NONE = new Commit(-1, -1);

        static Commit of(OffsetAndMetadata committed) {
            return new Commit(committed.offset(), CommitMetadata.nextFirst(committed.offset(), committed.metadata()));
        }
    }

    /** Whether contents are compared, and under which cleanup policy of the topic. */
    enum Depth {
        NAMES,
        CONTENTS,
        COMPACTED_CONTENTS
    }

    /**
     * Audits the partition. A listing of many files is not a snapshot, since files can be published, merged and moved
     * away meanwhile. If the result has errors, the audit is repeated until the files are the same before and after it,
     * except for files that landing has published since.
     *
     * @throws IOException also if the files kept changing
     */
    AuditReport.Partition audit(Depth depth) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            // A commit follows the rename: files of committed offsets were visible before the listing.
            Commit committed = log.commit(partition).map(Commit::of).orElse(Commit.NONE);
            VisibleFiles visible = VisibleFiles.list(store, layout, partition);
            Optional<AuditReport.Partition> found = tryAudit(visible, committed, depth);
            if (found.isPresent()
                    && (found.get().sound() || isUnchanged(visible, VisibleFiles.list(store, layout, partition)))) {
                return found.get();
            }
        }
        throw new IOException(
                "%s: its files changed during each of %d attempts; repeat the audit while fewer files change"
                        .formatted(layout.visible(partition), ATTEMPTS));
    }

    /** Returns whether a later listing has the same files, and all others follow them. */
    private static boolean isUnchanged(VisibleFiles visible, VisibleFiles later) {
        List<VisibleFiles.File> files = visible.files();
        long last = files.stream().mapToLong(file -> file.landed().last()).max().orElse(-1);
        return later.files().stream()
                .filter(file -> file.landed().first() <= last)
                .toList()
                .equals(files);
    }

    /** Returns the result; empty if a file disappeared before it was read. */
    private Optional<AuditReport.Partition> tryAudit(VisibleFiles visible, Commit commit, Depth depth)
            throws IOException {
        // Read after the listing: Kafka had all records of visible files.
        long start = log.begin(partition);
        long end = log.end(partition);
        ContentAudit contents = new ContentAudit(store, log, partition, depth == Depth.COMPACTED_CONTENTS);
        if (depth != Depth.NAMES) {
            try {
                contents.compare(visible.files(), start);
            } catch (FileNotFoundException e) {
                return Optional.empty();
            }
        }
        Coverage coverage = Coverage.of(visible.ranges());
        long committed = commit.offset();
        long next = coverage.covered().isEmpty()
                ? -1
                : coverage.covered().get(coverage.covered().size() - 1).last() + 1;
        return Optional.of(new AuditReport.Partition(
                partition.partition(),
                new AuditReport.Log(start, end),
                committed < 0 ? null : committed,
                Math.max(0, end - Math.max(start, Math.max(next, committed))),
                visible.files().size(),
                visible.bytes(),
                coverage.covered(),
                coverage.gaps().isEmpty(),
                gaps(coverage, next, commit, start),
                overlaps(coverage, visible),
                hollow(visible, start),
                next > end
                        ? new OffsetRange(
                                Math.max(end, visible.files().get(0).landed().first()), next - 1)
                        : null,
                contents.differences(),
                contents.compared(),
                contents.notCompared(),
                visible.foreign(),
                visible.unfinished().stream().map(VisibleFiles.Unfinished::path).toList(),
                owners()));
    }

    /**
     * Returns the result for a partition that Kafka does not have, since the topic was recreated with fewer partitions;
     * empty if it has no files.
     */
    Optional<AuditReport.Partition> withoutLog(Depth depth) throws IOException {
        VisibleFiles visible = VisibleFiles.list(store, layout, partition);
        Coverage coverage = Coverage.of(visible.ranges());
        List<OffsetRange> covered = coverage.covered();
        if (covered.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new AuditReport.Partition(
                partition.partition(),
                new AuditReport.Log(0, 0),
                null,
                0,
                visible.files().size(),
                visible.bytes(),
                covered,
                coverage.gaps().isEmpty(),
                coverage.gaps().stream()
                        .map(each -> gap(each, Cause.UNKNOWN, "Kafka does not have the partition"))
                        .toList(),
                overlaps(coverage, visible),
                List.of(),
                new OffsetRange(
                        covered.get(0).first(), covered.get(covered.size() - 1).last()),
                List.of(),
                0,
                depth == Depth.NAMES ? 0 : visible.files().size(),
                visible.foreign(),
                visible.unfinished().stream().map(VisibleFiles.Unfinished::path).toList(),
                owners()));
    }

    // ---- gaps

    /**
     * Returns the gaps. If there are files, they must cover all offsets up to the committed one, except those at which
     * landing found no records and that Kafka has deleted; if there are none, users have moved all of them away.
     */
    private List<Gap> gaps(Coverage coverage, long next, Commit commit, long start) throws IOException {
        List<OffsetRange> ranges = new ArrayList<>(coverage.gaps());
        if (next >= 0 && commit.nextFirst() > next) {
            ranges.add(new OffsetRange(next, commit.nextFirst() - 1));
        }
        long unchecked = Math.max(start, Math.max(next, commit.nextFirst()));
        if (next >= 0 && commit.offset() > unchecked) {
            ranges.add(new OffsetRange(unchecked, commit.offset() - 1));
        }
        if (ranges.isEmpty()) {
            return List.of();
        }
        List<OffsetRange> expired = store.list(layout.expired(partition)).stream()
                .flatMap(marker -> OffsetRange.parse(marker.name()).stream())
                .toList();
        return ranges.stream()
                .flatMap(range -> explain(range, expired, start).stream())
                .toList();
    }

    private List<Gap> explain(OffsetRange range, List<OffsetRange> expired, long start) {
        List<OffsetRange> unexplained = Coverage.without(range, expired);
        List<Gap> gaps = new ArrayList<>();
        for (OffsetRange marked : Coverage.without(range, unexplained)) {
            String evidence = "landing recorded the range in " + layout.expired(partition);
            gaps.add(gap(marked, Cause.EXPIRED, evidence + existing(marked, start)));
        }
        for (OffsetRange left : unexplained) {
            if (left.first() < start) {
                gaps.add(gap(
                        new OffsetRange(left.first(), Math.min(left.last(), start - 1)),
                        Cause.UNKNOWN,
                        "Kafka begins at offset %d, and landing recorded no expired range".formatted(start)));
            }
            if (left.last() >= start) {
                gaps.add(inKafka(new OffsetRange(Math.max(left.first(), start), left.last())));
            }
        }
        gaps.sort(Comparator.comparingLong(Gap::first));
        return gaps;
    }

    /** Landing skips existing records too ({@code autoOffsetReset=latest}), or the topic was recreated. */
    private String existing(OffsetRange expired, long start) {
        if (expired.last() < start) {
            return "";
        }
        Iterator<ConsumerRecord<byte[], byte[]>> records =
                records(log, partition, new OffsetRange(Math.max(start, expired.first()), expired.last()));
        return records.hasNext()
                ? "; Kafka has a record at offset " + records.next().offset()
                : "";
    }

    /** Returns the records of a range, up to the end of the log. */
    static Iterator<ConsumerRecord<byte[], byte[]>> records(
            TopicReader log, TopicPartition partition, OffsetRange range) {
        return log.records(partition, range.first(), Math.min(range.last() + 1, log.end(partition)));
    }

    private Gap inKafka(OffsetRange range) {
        Iterator<ConsumerRecord<byte[], byte[]>> records = records(log, partition, range);
        return records.hasNext()
                ? gap(
                        range,
                        Cause.LOST,
                        "Kafka has a record at offset " + records.next().offset())
                : gap(range, Cause.MARKERS, "Kafka has no records at these offsets");
    }

    private static Gap gap(OffsetRange range, Cause cause, String evidence) {
        return new Gap(range.first(), range.last(), cause, evidence);
    }

    // ---- other findings

    private static List<Overlap> overlaps(Coverage coverage, VisibleFiles visible) {
        return coverage.overlaps().stream()
                .map(overlap -> new Overlap(
                        overlap.offsets().first(),
                        overlap.offsets().last(),
                        List.of(
                                visible.files().get(overlap.one()).path(),
                                visible.files().get(overlap.other()).path())))
                .toList();
    }

    private List<Hollow> hollow(VisibleFiles visible, long start) {
        List<Hollow> hollow = new ArrayList<>();
        for (VisibleFiles.File file : visible.files()) {
            if (file.length() == 0 && file.landed().last() >= start) {
                OffsetRange range = new OffsetRange(
                        Math.max(start, file.landed().first()), file.landed().last());
                for (Iterator<ConsumerRecord<byte[], byte[]>> records = records(log, partition, range);
                        records.hasNext(); ) {
                    ConsumerRecord<byte[], byte[]> record = records.next();
                    if (Format.isLine(record)) {
                        hollow.add(new Hollow(file.path(), record.offset()));
                        break;
                    }
                }
            }
        }
        return hollow;
    }

    private List<Owner> owners() throws IOException {
        String directory = layout.owners(partition);
        return store.list(directory).stream()
                .map(owner -> new Owner(
                        directory + "/" + owner.name(),
                        Math.max(
                                0,
                                Duration.between(owner.modified(), Instant.now())
                                        .toSeconds())))
                .toList();
    }
}
