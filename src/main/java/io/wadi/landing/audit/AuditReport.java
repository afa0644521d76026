package io.wadi.landing.audit;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.wadi.landing.files.OffsetRange;
import java.util.List;
import java.util.stream.Stream;

/**
 * The result of an audit of a topic. Its components are the fields of {@code ./wadi audit --json}, which
 * docs/how-to/audit.md describes and which keep their names.
 *
 * @param version the version of this format: 1
 * @param topic the audited topic
 * @param group the landing group with the commits
 * @param directory the root of landed files
 * @param deep whether contents were compared
 * @param sound whether no record is lost, doubled or different in any partition
 * @param partitions all partitions of the topic, in order, and then those with files that Kafka does not have
 */
public record AuditReport(
        int version,
        String topic,
        String group,
        String directory,
        boolean deep,
        boolean sound,
        List<Partition> partitions) {

    static AuditReport of(String topic, String group, String directory, boolean deep, List<Partition> partitions) {
        boolean sound = partitions.stream().allMatch(Partition::sound);
        return new AuditReport(1, topic, group, directory, deep, sound, partitions);
    }

    /**
     * One partition.
     *
     * @param kafka the start of Kafka's log and its end, the next offset to be written
     * @param committed the landing group's committed offset, or null
     * @param toLand number of offsets up to Kafka's end that are neither landed nor committed
     * @param files number of landed files
     * @param bytes total length of these files
     * @param landed the offsets in files, in order
     * @param contiguous whether {@code landed} has no gap
     * @param gaps offsets from the first landed one to the last landed or committed one that are in no file, with the
     *    cause
     * @param overlaps offsets in more than one file
     * @param hollow empty files at offsets where Kafka has records
     * @param ahead the offsets in files beyond Kafka's end, or null
     * @param differences where a file's content differs from Kafka; from a deep audit only
     * @param compared number of records that a deep audit found in their files
     * @param notCompared number of files that were not compared: Kafka has deleted all their records, or the format
     *    cannot be read
     * @param foreign visible files that landing did not write
     * @param unfinished files of a merge in progress, or of an interrupted one
     * @param owners directories of the partition's current and former owners
     */
    @JsonPropertyOrder({"partition", "sound"})
    public record Partition(
            int partition,
            Log kafka,
            Long committed,
            long toLand,
            int files,
            long bytes,
            List<OffsetRange> landed,
            boolean contiguous,
            List<Gap> gaps,
            List<Overlap> overlaps,
            List<Hollow> hollow,
            OffsetRange ahead,
            List<Difference> differences,
            long compared,
            int notCompared,
            List<String> foreign,
            List<String> unfinished,
            List<Owner> owners) {

        /** Returns whether no record is lost, doubled or different. */
        @JsonProperty
        public boolean sound() {
            return gaps.stream().noneMatch(gap -> gap.cause().isLoss())
                    && Stream.of(overlaps, hollow, differences).allMatch(List::isEmpty)
                    && ahead == null;
        }

        /** Returns the number of offsets in files, each counted once. */
        long offsets() {
            return landed.stream().mapToLong(OffsetRange::size).sum();
        }

        /** Returns the number of offsets in no file for this cause. */
        long missing(Cause cause) {
            return gaps.stream()
                    .filter(gap -> gap.cause() == cause)
                    .mapToLong(Gap::size)
                    .sum();
        }

        /** Returns the number of offsets in more than one file. */
        long doubled() {
            return overlaps.stream().mapToLong(Overlap::size).sum();
        }
    }

    /** The offsets of Kafka's log from {@code start}, inclusive, to {@code end}, exclusive. */
    public record Log(long start, long end) {}

    /** The reason why offsets are in no file. */
    public enum Cause {
        /** Kafka deleted them before they landed, and landing recorded the range. */
        EXPIRED,
        /** Kafka has no record to land at these offsets: transaction markers, aborted or compacted records. */
        MARKERS,
        /** Kafka has records that are in no file. */
        LOST,
        /** Kafka has deleted them, and the cause is unknown. */
        UNKNOWN;

        boolean isLoss() {
            return this == LOST || this == UNKNOWN;
        }
    }

    /** Offsets in no file, the cause, and its evidence. */
    public record Gap(long first, long last, Cause cause, String evidence) {
        long size() {
            return last - first + 1;
        }
    }

    /** Offsets in two files. */
    public record Overlap(long first, long last, List<String> files) {
        long size() {
            return last - first + 1;
        }
    }

    /** An empty file, and an offset with a record that it should contain. */
    public record Hollow(String file, long offset) {}

    /**
     * The first difference between a file and Kafka.
     *
     * @param line counted from 1
     * @param offset of the record concerned; -1 if the file has more lines than Kafka has records
     * @param found description of the difference
     */
    public record Difference(String file, long line, long offset, String found) {}

    /** An owner directory and the time since its last modification. */
    public record Owner(String directory, long ageSeconds) {}
}
