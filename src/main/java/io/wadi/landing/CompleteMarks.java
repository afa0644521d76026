package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.hdfs.FileStore;
import io.wadi.kafka.Causes;
import io.wadi.kafka.topics.TopicIdentity;
import io.wadi.landing.Recovery.Conflict;
import io.wadi.landing.files.Coverage;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.OffsetRange;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.landing.files.VisibleFiles;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the hidden marker files {@code _COMPLETE} into the directories of time buckets. A marker states that the
 * visible files beside it contain all records of the directory's time. It lists the offset ranges of these files, and
 * is replaced if they change. It is written under a temporary name and renamed, so that several processes can write it.
 *
 * <p>A directory gets no marker if files elsewhere may contain records of its time: those from before a change of
 * {@code wadi.landing.time-buckets}. Nor does any directory of another topic with the same name, to which the watermark
 * does not apply: a topic that was deleted and created again has lost the records that had not landed. Thread-safe.
 */
final class CompleteMarks {
    private static final Logger LOG = LoggerFactory.getLogger(CompleteMarks.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Maximum number of directories examined in one call. */
    private static final int MAX_DIRECTORIES = 32;

    /** The interval between two listings of a partition's directories, once all of them have been examined. */
    private static final Duration INTERVAL = Duration.ofSeconds(30);

    /**
     * Directories with a time that ended more than this before the watermark are not examined again once their markers
     * are up to date.
     */
    private static final Duration REEXAMINATION_AGE = Duration.ofDays(2);

    /** Maximum difference of clocks between the append time of a record and the closing time of its file. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    private final FileStore store;
    private final LandingConfiguration.Identities identities;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Map<TopicPartition, Examined> partitions = new HashMap<>();

    /** The last examined state of a partition's directories. */
    private static final class Examined {
        /** The directories of this day and earlier ones are not examined again; only later ones are listed. */
        private String after = "";

        /** The modification time of each later directory at its last examination. */
        private final Map<String, Instant> modified = new HashMap<>();

        /** When all directories were examined; null before, and while some are left. */
        private Instant pausedAt;

        private int left;
        /** Whether this call has listed the files beside the directories of days, and the newest of them. */
        private boolean isBesideListed;

        private Optional<VisibleFiles.File> newestBeside = Optional.empty();

        /** Whether this call has compared the topic with that of the directory, and why it is another one. */
        private boolean isOriginCompared;

        private Optional<String> conflict = Optional.empty();

        /** A clock that was set back ends the pause, which would otherwise last until that time is reached again. */
        boolean isPaused(Instant now) {
            return pausedAt != null && !now.isBefore(pausedAt) && now.isBefore(pausedAt.plus(INTERVAL));
        }

        /** Includes all days again if one was excluded that ends after a time, because of a clock that was ahead. */
        void includeAfter(Instant time) {
            OptionalLong end = TimeBuckets.DAY.end(after);
            if (end.isPresent() && end.getAsLong() > time.toEpochMilli()) {
                after = "";
            }
        }
    }

    CompleteMarks(FileStore store, LandingConfiguration.Identities identities, MeterRegistry meters, Clock clock) {
        this.store = store;
        this.identities = identities;
        this.meters = meters;
        this.clock = clock;
    }

    /**
     * Marks the directories of time buckets that ended by {@code before}, oldest first, a limited number in one call.
     *
     * @param before the watermark: all records that were appended before it are in visible files
     */
    synchronized void write(Layout layout, TopicPartition partition, Instant before) throws IOException {
        Examined examined = partitions.computeIfAbsent(partition, any -> new Examined());
        if (examined.isPaused(clock.instant())) {
            return;
        }
        examined.left = MAX_DIRECTORIES;
        examined.isBesideListed = false;
        examined.isOriginCompared = false;
        // Otherwise a conflict would remain after the former directories are moved away, until a new one has ended.
        if (examined.conflict.isPresent() && isOfAnotherTopic(layout, partition, examined)) {
            examined.pausedAt = clock.instant();
            return;
        }
        Instant forgotten = before.minus(REEXAMINATION_AGE);
        examined.includeAfter(forgotten);
        boolean areSettled = true;
        for (FileStore.Entry day : store.list(layout.visible(partition), examined.after)) {
            OptionalLong end = TimeBuckets.DAY.end(day.name());
            if (!day.isDirectory() || end.isEmpty() || isAfter(end.getAsLong(), before)) {
                continue;
            }
            areSettled &= examine(layout, partition, day, before, examined);
            if (examined.left == 0) {
                return;
            }
            if (areSettled && end.getAsLong() <= forgotten.toEpochMilli()) {
                examined.after = day.name();
                examined.modified.keySet().removeIf(name -> name.startsWith(day.name()));
            }
        }
        examined.pausedAt = clock.instant();
    }

    /** A timestamp in a wrong unit has a directory such as date=+58877-01-01, which is listed before all others. */
    private static boolean isAfter(long endOfDay, Instant before) {
        return endOfDay - TimeBuckets.DAY.millis() > before.toEpochMilli();
    }

    /** Returns why a topic's directories get no markers, as of the last comparison; empty if nothing prevents them. */
    synchronized Optional<String> conflict(String topic) {
        return partitions.entrySet().stream()
                .filter(each -> each.getKey().topic().equals(topic))
                .flatMap(each -> each.getValue().conflict.stream())
                .findFirst();
    }

    /** Examines the directories of a day. Returns whether all its markers are up to date. */
    private boolean examine(
            Layout layout, TopicPartition partition, FileStore.Entry day, Instant before, Examined examined)
            throws IOException {
        if (layout.times() == TimeBuckets.DAY) {
            return examine(layout, partition, day.name(), day.modified(), before, examined);
        }
        boolean isSettled = true;
        for (FileStore.Entry hour : store.list(layout.visible(partition, day.name()))) {
            if (hour.isDirectory()) {
                isSettled &=
                        examine(layout, partition, day.name() + "/" + hour.name(), hour.modified(), before, examined);
            }
        }
        return isSettled;
    }

    private boolean examine(
            Layout layout,
            TopicPartition partition,
            String directory,
            Instant modified,
            Instant before,
            Examined examined)
            throws IOException {
        OptionalLong end = layout.times().end(directory);
        if (end.isEmpty() || modified.equals(examined.modified.get(directory))) {
            return true;
        }
        if (end.getAsLong() > before.toEpochMilli() || examined.left == 0) {
            return false;
        }
        examined.left--;
        if (mark(layout, partition, directory, end.getAsLong(), examined)) {
            examined.modified.put(directory, modified);
            return true;
        }
        return false;
    }

    /**
     * Writes the marker of a directory if it is missing or differs. Returns whether it was up to date, or the directory
     * gets none. Otherwise the directory is examined again, since its files may have changed in the meantime.
     */
    private boolean mark(Layout layout, TopicPartition partition, String directory, long end, Examined examined)
            throws IOException {
        String files = layout.visible(partition, directory);
        VisibleFiles visible = VisibleFiles.in(store, files, partition);
        if (!visible.unfinished().isEmpty()) {
            return false;
        }
        if (visible.files().isEmpty()) {
            return true;
        }
        ObjectNode mark = mark(partition, directory, visible);
        String path = layout.complete(partition, directory);
        ObjectNode written = store.find(path).isPresent() ? read(path) : null;
        // Compared as text, since a number that is read back may have another type.
        if (written != null && written.toString().equals(mark.toString())) {
            return true;
        }
        if (isOfAnotherTopic(layout, partition, examined)) {
            examined.left = 0;
            examined.pausedAt = clock.instant();
            return false;
        }
        Optional<VisibleFiles.File> elsewhere =
                written == null ? fileElsewhere(layout, partition, directory, end, examined) : Optional.empty();
        if (elsewhere.isPresent() && !elsewhere.get().isLanded()) {
            return false; // Its time is that of an unfinished merge, not that of its newest part.
        }
        if (elsewhere.isPresent()) {
            LOG.info(
                    "Partition {}: {} gets no _COMPLETE: {}, closed at {}, is from before a change of"
                            + " wadi.landing.time-buckets and may contain records of its time",
                    partition,
                    directory,
                    elsewhere.get().path(),
                    elsewhere.get().modified());
            return true;
        }
        // The first listing may have missed files that were being merged.
        if (!mark(partition, directory, VisibleFiles.in(store, files, partition))
                .equals(mark)) {
            return false;
        }
        if (written != null) {
            LOG.warn(
                    "Partition {}: the files of {} have changed since it was marked as complete, from {} to {}:"
                            + " replacing {}",
                    partition,
                    directory,
                    written.get("ranges"),
                    mark.get("ranges"),
                    path);
        }
        mark.put("at", clock.instant().toString());
        write(layout, partition, path, mark);
        if (written != null) {
            Counter.builder("wadi.landing.complete.markers.replaced")
                    .description("Files _COMPLETE that were replaced because the files beside them had changed")
                    .tag("topic", partition.topic())
                    .register(meters)
                    .increment();
        } else {
            LOG.info("Partition {}: {} is complete", partition, directory);
        }
        return false;
    }

    private boolean isOfAnotherTopic(Layout layout, TopicPartition partition, Examined examined) throws IOException {
        if (!examined.isOriginCompared) {
            Optional<String> conflict = conflict(layout, partition);
            if (conflict.isPresent() && examined.conflict.isEmpty()) {
                LOG.warn("Partition {}: no _COMPLETE is written: {}", partition, conflict.get());
            }
            examined.conflict = conflict;
            examined.isOriginCompared = true;
        }
        return examined.conflict.isPresent();
    }

    /** Returns why the topic's directory is that of another topic; empty if it is not. */
    private Optional<String> conflict(Layout layout, TopicPartition partition) throws IOException {
        try {
            Optional<TopicIdentity> current = identities.of(partition.topic());
            if (current.isPresent()) {
                new Origin(store, layout, partition, current.get()).isKnown();
            }
            return Optional.empty();
        } catch (Conflict e) {
            return Optional.of(e.path() + ": " + e.getMessage());
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw new IOException("reading the topic's id failed: " + Causes.inShort(e), e);
        }
    }

    /**
     * Returns a file that may contain records of a directory's time but is not in it, since landing wrote it with
     * another division by time: beside the directories of days, or of the same day.
     */
    private Optional<VisibleFiles.File> fileElsewhere(
            Layout layout, TopicPartition partition, String directory, long end, Examined examined) throws IOException {
        if (!examined.isBesideListed) {
            examined.isBesideListed = true;
            examined.newestBeside = newest(VisibleFiles.in(store, layout.visible(partition), partition));
        }
        int hour = directory.indexOf('/');
        Optional<VisibleFiles.File> ofDay = hour < 0
                ? newest(VisibleFiles.below(store, layout.visible(partition, directory), partition))
                : newest(VisibleFiles.in(store, layout.visible(partition, directory.substring(0, hour)), partition));
        Instant begin = Instant.ofEpochMilli(end - layout.times().millis()).minus(CLOCK_SKEW);
        return Stream.concat(examined.newestBeside.stream(), ofDay.stream())
                .filter(file -> !file.modified().isBefore(begin))
                .findFirst();
    }

    private static Optional<VisibleFiles.File> newest(VisibleFiles visible) {
        return visible.files().stream().max(Comparator.comparing(VisibleFiles.File::modified));
    }

    private void write(Layout layout, TopicPartition partition, String path, ObjectNode mark) throws IOException {
        // Deleted by the partition's next owner if this process ends before the rename.
        String owners = layout.owners(partition);
        String temporary = owners + "/complete-" + UUID.randomUUID();
        store.makeDirectory(owners);
        store.write(temporary, JSON.writeValueAsBytes(mark));
        store.replace(temporary, path);
    }

    private static ObjectNode mark(TopicPartition partition, String directory, VisibleFiles visible) {
        ObjectNode mark = JSON.createObjectNode()
                .put("topic", partition.topic())
                .put("partition", partition.partition())
                .put("directory", directory);
        ArrayNode ranges = mark.putArray("ranges");
        // Adjacent ranges are joined, so that compaction does not change the marker.
        for (OffsetRange each : Coverage.of(visible.ranges()).covered()) {
            ranges.addObject().put("first", each.first()).put("last", each.last());
        }
        return mark;
    }

    /** Returns the content of a marker without its time; an empty object if it is not a JSON object. */
    private ObjectNode read(String path) throws IOException {
        try (InputStream content = store.open(path)) {
            return JSON.readTree(new String(content.readNBytes(1 << 20), UTF_8)) instanceof ObjectNode object
                    ? object.without("at")
                    : JSON.createObjectNode();
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode();
        }
    }
}
