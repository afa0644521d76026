package io.wadi.landing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.wadi.hdfs.FileStore;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.VisibleFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * The visible files of partitions, kept for a second, so that a listing answers for many records. Holds at most {@value
 * #MAX_FILES} files. Thread-safe.
 */
final class RecentFiles {
    private static final int MAX_FILES = 200_000;
    private static final Duration TTL = Duration.ofSeconds(1);

    private final FileStore store;
    /** By the partition's directory. */
    private final Cache<String, List<VisibleFiles.File>> listings = Caffeine.newBuilder()
            .maximumWeight(MAX_FILES)
            .weigher((String directory, List<VisibleFiles.File> files) -> 1 + files.size())
            .expireAfterWrite(TTL)
            .executor(Runnable::run)
            .build();

    RecentFiles(FileStore store) {
        this.store = store;
    }

    /** Returns the file that covers an offset; lists again if the last listing has none. */
    Optional<VisibleFiles.File> covering(Layout layout, TopicPartition partition, long offset) throws IOException {
        String directory = layout.visible(partition);
        List<VisibleFiles.File> recent = listings.getIfPresent(directory);
        Optional<VisibleFiles.File> found = recent == null ? Optional.empty() : covering(recent, offset);
        if (found.isPresent()) {
            return found;
        }
        List<VisibleFiles.File> now =
                VisibleFiles.list(store, layout, partition).files();
        listings.put(directory, now);
        return covering(now, offset);
    }

    private static Optional<VisibleFiles.File> covering(List<VisibleFiles.File> files, long offset) {
        return files.stream().filter(file -> file.landed().covers(offset)).findFirst();
    }
}
