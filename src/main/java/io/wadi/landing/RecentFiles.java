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
 * A cache of partitions' visible files. An entry is kept for one second, so that one listing serves the lookups of many
 * records. Holds at most {@value #MAX_FILES} files, or one partition with more. Thread-safe.
 */
final class RecentFiles {
    private static final int MAX_FILES = 200_000;
    private static final Duration TTL = Duration.ofSeconds(1);

    private final FileStore store;
    /** By the partition's directory. */
    private final Cache<String, Listing> listings;

    /**
     * A listing of a partition.
     *
     * @param until all records up to this offset were in files before the listing
     * @param isRepeated whether it repeats a listing in which a file was missing
     */
    private record Listing(List<VisibleFiles.File> files, long until, boolean isRepeated) {
        Optional<VisibleFiles.File> covering(long offset) {
            return files.stream().filter(file -> file.landed().covers(offset)).findFirst();
        }
    }

    RecentFiles(FileStore store) {
        this(store, MAX_FILES, Ticker.systemTicker());
    }

    RecentFiles(FileStore store, int maxFiles, Ticker ticker) {
        this.store = store;
        this.listings = Caffeine.newBuilder()
                .maximumWeight(maxFiles)
                // A heavier listing would be removed at once, so that each lookup lists the partition again.
                .weigher((String directory, Listing listing) ->
                        Math.min(maxFiles, 1 + listing.files().size()))
                .expireAfterWrite(TTL)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Returns the file that covers the offset of a landed record. If the cached listing has no such file, lists once
     * more, since a listing can miss files that are being merged. The repeated listing is final for all records that
     * landed before it.
     */
    Optional<VisibleFiles.File> covering(Layout layout, TopicPartition partition, long offset) throws IOException {
        Listing last = listings.getIfPresent(layout.visible(partition));
        if (last == null || offset > last.until()) {
            last = list(layout, partition, offset, false);
        }
        Optional<VisibleFiles.File> found = last.covering(offset);
        return found.isPresent() || last.isRepeated()
                ? found
                : list(layout, partition, last.until(), true).covering(offset);
    }

    private Listing list(Layout layout, TopicPartition partition, long arrived, boolean isRepeated) throws IOException {
        List<VisibleFiles.File> files =
                VisibleFiles.list(store, layout, partition).files();
        long end = files.isEmpty() ? -1 : files.get(files.size() - 1).landed().last();
        Listing listing = new Listing(files, Math.max(arrived, end), isRepeated);
        listings.put(layout.visible(partition), listing);
        return listing;
    }
}
