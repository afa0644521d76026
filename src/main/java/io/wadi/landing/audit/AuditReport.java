package io.wadi.landing.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.wadi.landing.files.OffsetRange;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an audit of a topic found. Its components are the fields of {@code ./wadi audit --json}, which docs/how-to/audit.md
 * describes: none of them is renamed or dropped.
 *
 * @param version of this form: 1
 * @param topic the audited topic
 * @param group the landing group whose commits were read
 * @param directory what landed files stand under
 * @param deep whether contents were compared
 * @param sound whether nothing is lost, doubled or different in any partition
 * @param partitions all of the topic, in order
 */
public record AuditReport(
        int version,
        String topic,
        String group,
        String directory,
        boolean deep,
        boolean sound,
        List<Partition> partitions) {

    /** The report on a topic. */
    static AuditReport of(String topic, String group, String directory, boolean deep, List<Partition> partitions) {
        boolean sound = partitions.stream().allMatch(Partition::sound);
        return new AuditReport(1, topic, group, directory, deep, sound, partitions);
    }

    /**
     * One partition.
     *
     * @param kafka the offsets that Kafka has: its log's start, and its end, which is the next offset to come
     * @param committed the offset the landing group has committed, or null where it has none
     * @param toLand offsets up to Kafka's end that are neither landed nor committed
     * @param files how many files landed
     * @param bytes their length together
     * @param landed the offsets in files, in order
     * @param contiguous whether these are without a gap
     * @param gaps offsets from the first landed one to the last or the committed one that are in no file, and why
     * @param overlaps offsets in more than one file
     * @param hollow files without a byte although Kafka has records that would stand in them
     * @param ahead the offsets in files that Kafka does not have yet, or null
     * @param differences where a file's content is not what Kafka has; from a deep audit only
     * @param compared records that a deep audit found in their files
     * @param notCompared files that it could not compare: Kafka has none of their records any more, or it cannot read the format
     * @param foreign visible files that landing did not make
     * @param unfinished files that others are being merged into, or were when that was broken off
     * @param owners directories of those who write the partition, or wrote it
     */
    @JsonPropertyOrder({"partition", "sound"})
    public record Partition(
            int partition,
            Log kafka,
            Long committed,
            long toLand,
            int files,
            long bytes,
            List<Range> landed,
            boolean contiguous,
            List<Gap> gaps,
            List<Overlap> overlaps,
            List<Hollow> hollow,
            Range ahead,
            List<Difference> differences,
            long compared,
            int notCompared,
            List<String> foreign,
            List<String> unfinished,
            List<Owner> owners) {

        /** Whether nothing is lost, doubled or different. */
        @JsonProperty
        public boolean sound() {
            return gaps.stream().noneMatch(gap -> gap.cause().loses())
                    && Stream.of(overlaps, hollow, differences).allMatch(List::isEmpty)
                    && ahead == null;
        }

        /** Offsets in files, each counted once. */
        long offsets() {
            return landed.stream().mapToLong(Range::size).sum();
        }

        /** Offsets that are in no file for this reason. */
        long missing(Cause cause) {
            return gaps.stream()
                    .filter(gap -> gap.cause() == cause)
                    .mapToLong(Gap::size)
                    .sum();
        }

        /** Offsets in more than one file. */
        long doubled() {
            return overlaps.stream().mapToLong(Overlap::size).sum();
        }
    }

    /** Offsets from {@code start} on, {@code end} not included. */
    public record Log(long start, long end) {}

    /** Offsets, both included. */
    public record Range(long first, long last) {
        static Range of(OffsetRange range) {
            return new Range(range.first(), range.last());
        }

        long size() {
            return last - first + 1;
        }
    }

    /** Why offsets are in no file. */
    public enum Cause {
        /** They were gone from Kafka before they could land, and landing wrote that down. */
        EXPIRED,
        /** Kafka has the offsets, and no record to land: transaction markers, aborted records, compacted ones. */
        MARKERS,
        /** Kafka has records that are in no file. */
        LOST,
        /** Kafka does not have them any more, and nothing tells what they were. */
        UNKNOWN;

        boolean loses() {
            return this == LOST || this == UNKNOWN;
        }
    }

    /** Offsets in no file, why, and what tells so. */
    public record Gap(long first, long last, Cause cause, String evidence) {
        long size() {
            return last - first + 1;
        }
    }

    /** Offsets that stand in two files. */
    public record Overlap(long first, long last, List<String> files) {
        long size() {
            return last - first + 1;
        }
    }

    /** A file without a byte, and an offset whose record should stand in it. */
    public record Hollow(String file, long offset) {}

    /**
     * The first difference between a file and Kafka.
     *
     * @param line counted from 1
     * @param offset of the record concerned; -1 where the file has more than Kafka
     * @param found what is wrong, in words
     */
    public record Difference(String file, long line, long offset, String found) {}

    /** A directory that someone writes in, and how long ago something changed in it. */
    public record Owner(String directory, long ageSeconds) {}
}
