package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.kafka.Causes;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.landing.format.Format;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A check of whether another instance of the group lands with another format or other time buckets. It reads the name
 * of the last file of a partition at its takeover, and those of the topic's other partitions after each own file. A
 * file that was published before this endpoint started is ignored, since the settings may have been changed in between.
 * Used on the consumer's thread.
 */
final class SettingsMismatch {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsMismatch.class);

    /** The maximum number of files with other settings for which the modification time is read. */
    private static final int MAX_FILES = 10;

    private final TopicPartition own;
    private final GroupOffset group;
    private final LandingConfiguration landing;
    private final long takenOverNanos;

    private String description;

    /** The last files of other partitions that are too old to compare. */
    private final Map<TopicPartition, String> oldFiles = new HashMap<>();

    /** Whether a file was published since the last comparison with the other partitions. */
    private boolean isDue;

    SettingsMismatch(TopicPartition own, GroupOffset group, LandingConfiguration landing) {
        this.own = own;
        this.group = group;
        this.landing = landing;
        this.takenOverNanos = landing.nanoTime().getAsLong();
    }

    /**
     * Describes how the settings differ; null if they do not. A difference is reported until the comparison after an
     * own file finds none, but not before the partition has been owned for the maximum age of a file.
     */
    String description() {
        return description;
    }

    /**
     * Compares the settings with the last published file at the takeover.
     *
     * @param last relative to the partition's directory; empty if there is none
     * @throws IOException if the file system does not respond
     */
    void takenOver(String last) throws IOException {
        List<String> differences = differences(last);
        if (!differences.isEmpty()) {
            describe(last, own, differences, landing.since()).ifPresent(this::report);
        }
    }

    /** Requests a comparison, since a file was published. */
    void published() {
        isDue = true;
    }

    /**
     * Compares the settings with the other partitions if one is due. If Kafka or HDFS do not respond, the result of the
     * previous comparison remains.
     */
    void compareIfPublished() {
        if (!isDue) {
            return;
        }
        isDue = false;
        Optional<String> found;
        try {
            found = findAmong(group.readOthers());
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException | IOException e) {
            LOG.debug("Partition {}: the settings were not compared: {}", own, Causes.inShort(e));
            return;
        }
        if (found.isPresent()) {
            report(found.get());
        } else if (landing.rollPolicy().isOld(landing.nanoTime().getAsLong() - takenOverNanos)) {
            description = null;
        }
    }

    private void report(String found) {
        if (description == null) {
            LOG.warn("Partition {}: {}", own, found);
        }
        description = found;
    }

    /**
     * Describes the first difference, beginning with the next partition. A file is ignored after twice the maximum age
     * of an open file: its owner may have other settings by now.
     */
    private Optional<String> findAmong(Map<TopicPartition, Committed> others) throws IOException {
        Instant recent = Instant.now().minus(landing.rollPolicy().age().multipliedBy(2));
        Instant since = recent.isAfter(landing.since()) ? recent : landing.since();
        Comparator<TopicPartition> nextFirst = Comparator.comparing(each -> each.partition() < own.partition());
        int files = 0;
        for (TopicPartition other : others.keySet().stream()
                .sorted(nextFirst.thenComparing(TopicPartition::partition))
                .toList()) {
            String last = CommitMetadata.parse(others.get(other).note())
                    .map(CommitMetadata::last)
                    .orElse("");
            List<String> differences = differences(last);
            if (!differences.isEmpty() && files < MAX_FILES && !last.equals(oldFiles.get(other))) {
                files++;
                Optional<String> found = describe(last, other, differences, since);
                if (found.isPresent()) {
                    return found;
                }
                oldFiles.put(other, last);
            }
        }
        return Optional.empty();
    }

    private List<String> differences(String last) {
        int slash = last.lastIndexOf('/');
        Optional<LandedFile> file = LandedFile.parse(last.substring(slash + 1));
        List<String> differences = new ArrayList<>();
        if (file.isEmpty()) {
            return differences;
        }
        Format format = landing.encoding().format();
        if (file.get().format() != format) {
            differences.add("wadi.landing.format=%s, while this instance has %s"
                    .formatted(file.get().format().extension(), format.extension()));
        }
        TimeBuckets found = TimeBuckets.of(last.substring(0, Math.max(0, slash)));
        if (found != landing.layout().times()) {
            differences.add("wadi.landing.time-buckets=%s, while this instance has %s"
                    .formatted(name(found), name(landing.layout().times())));
        }
        return differences;
    }

    /** Describes the differences of a file; empty if it was published before the given time. */
    private Optional<String> describe(String last, TopicPartition partition, List<String> differences, Instant since)
            throws IOException {
        String path = landing.layout().visible(partition) + "/" + last;
        return landing.store()
                .find(path)
                .map(FileStore.Entry::modified)
                .filter(published -> !published.isBefore(since))
                .map(published ->
                        ("%s was published at %s by an instance of the group with %s: set the same value on all"
                                        + " instances")
                                .formatted(path, published, String.join("; ", differences)));
    }

    private static String name(TimeBuckets times) {
        return times.name().toLowerCase(Locale.ROOT);
    }
}
