package io.wadi.landing;

import io.wadi.hdfs.FileStore;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.TimeBuckets;
import io.wadi.landing.format.Format;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * Detects from a partition's last file whether another instance of the group lands with another format or other time
 * buckets. A file that was published before this endpoint started is ignored, since the settings may have been changed
 * in between.
 */
final class SettingsMismatch {
    private SettingsMismatch() {}

    /**
     * Describes the difference; empty if there is none.
     *
     * @param last the last published file, relative to the partition's directory; empty if there is none
     * @throws IOException if the file system does not respond
     */
    static Optional<String> find(String last, TopicPartition partition, LandingConfiguration landing)
            throws IOException {
        int slash = last.lastIndexOf('/');
        Optional<LandedFile> file = LandedFile.parse(last.substring(slash + 1));
        if (file.isEmpty()) {
            return Optional.empty();
        }
        List<String> differences = new ArrayList<>();
        Format format = landing.encoding().format();
        if (file.get().format() != format) {
            differences.add("wadi.landing.format=%s, this one has %s"
                    .formatted(file.get().format().extension(), format.extension()));
        }
        TimeBuckets found = TimeBuckets.of(last.substring(0, Math.max(0, slash)));
        if (found != landing.layout().times()) {
            differences.add("wadi.landing.time-buckets=%s, this one has %s"
                    .formatted(name(found), name(landing.layout().times())));
        }
        if (differences.isEmpty()) {
            return Optional.empty();
        }
        String path = landing.layout().visible(partition) + "/" + last;
        return landing.store()
                .find(path)
                .map(FileStore.Entry::modified)
                .filter(published -> !published.isBefore(landing.since()))
                .map(published ->
                        ("%s was published at %s by an instance of the group with %s: set the same value on all"
                                        + " instances")
                                .formatted(path, published, String.join("; ", differences)));
    }

    private static String name(TimeBuckets times) {
        return times.name().toLowerCase(Locale.ROOT);
    }
}
