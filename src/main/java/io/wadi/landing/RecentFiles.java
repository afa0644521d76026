package io.wadi.landing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
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
    private final Cache<String, List<VisibleFiles.File>> listings;

    RecentFiles(FileStore store) {
        this(store, Ticker.systemTicker());
    }

    RecentFiles(FileStore store, Ticker ticker) {
        this.store = store;
        this.listings = Caffeine.newBuilder()
                .maximumWeight(MAX_FILES)
                .weigher((String directory, List<VisibleFiles.File> files) -> 1 + files.size())
                .expireAfterWrite(TTL)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Returns the file that covers an offset; lists again if the last listing ends before it. Files become visible in
     * the order of their offsets, so a listing that ends after it is final.
     */
    Optional<VisibleFiles.File> covering(Layout layout, TopicPartition partition, long offset) throws IOException {
        String directory = layout.visible(partition);
        List<VisibleFiles.File> files = listings.getIfPresent(directory);
        if (files == null
                || files.isEmpty()
                || files.get(files.size() - 1).landed().last() < offset) {
            files = VisibleFiles.list(store, layout, partition).files();
            listings.put(directory, files);
        }
        return files.stream().filter(file -> file.landed().covers(offset)).findFirst();
    }
}
