package io.wadi.landing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.wadi.hdfs.FileStore;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.VisibleFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.TopicPartition;

/**
 * A cache of directories' visible files. An entry is kept for one second, so that one listing serves the lookups of
 * many records. Holds at most {@value #MAX_FILES} files, or one directory with more. Thread-safe.
 */
final class RecentFiles {
    private static final int MAX_FILES = 200_000;
    private static final Duration TTL = Duration.ofSeconds(1);

    private final FileStore store;
    private final Cache<String, Listing> listings;

    /**
     * A listing of a directory.
     *
     * @param files the files by offset
     * @param firsts their first offsets
     * @param isDisjoint whether no two files cover the same offset, as a file that is renamed during the listing can
     * @param until all records up to this offset were in files before the listing
     * @param isRepeated whether it repeats a listing in which a file was missing
     */
    private record Listing(
            List<VisibleFiles.File> files, List<Long> firsts, boolean isDisjoint, long until, boolean isRepeated) {
        static Listing of(List<VisibleFiles.File> files, long arrived, boolean isRepeated) {
            long end = -1;
            boolean isDisjoint = true;
            for (VisibleFiles.File each : files) {
                isDisjoint &= each.landed().first() > end;
                end = each.landed().last();
            }
            List<Long> firsts =
                    files.stream().map(each -> each.landed().first()).toList();
            return new Listing(files, firsts, isDisjoint, Math.max(arrived, end), isRepeated);
        }

        Optional<VisibleFiles.File> covering(long offset) {
            if (!isDisjoint) {
                return files.stream()
                        .filter(file -> file.landed().covers(offset))
                        .findFirst();
            }
            int index = Collections.binarySearch(firsts, offset);
            int last = index >= 0 ? index : -index - 2;
            return last < 0
                    ? Optional.empty()
                    : Optional.of(files.get(last)).filter(file -> file.landed().covers(offset));
        }
    }

    RecentFiles(FileStore store) {
        this(store, MAX_FILES, Ticker.systemTicker());
    }

    RecentFiles(FileStore store, int maxFiles, Ticker ticker) {
        this.store = store;
        this.listings = Caffeine.newBuilder()
                .maximumWeight(maxFiles)
                // A heavier listing would be removed at once, so that each lookup lists the directory again.
                .weigher((String directory, Listing listing) ->
                        Math.min(maxFiles, 1 + listing.files().size()))
                .expireAfterWrite(TTL)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Returns the file that covers the offset of a landed record: from its likely directory by time, otherwise from all
     * directories of the partition. If the cached listing of these has no such file, lists once more, since a listing
     * can miss files that are being merged. The repeated listing is final for all records that landed before it.
     *
     * @param likely the directory by time in which the file is likely to be; empty if unknown
     */
    Optional<VisibleFiles.File> covering(Layout layout, TopicPartition partition, String likely, long offset)
            throws IOException {
        if (!likely.isEmpty()) {
            String directory = layout.visible(partition, likely);
            Optional<VisibleFiles.File> found = upTo(
                            offset, directory, () -> VisibleFiles.in(store, directory, partition))
                    .covering(offset);
            if (found.isPresent()) {
                return found;
            }
        }
        String directory = layout.visible(partition);
        Lister all = () -> VisibleFiles.list(store, layout, partition);
        Listing last = upTo(offset, directory, all);
        Optional<VisibleFiles.File> found = last.covering(offset);
        return found.isPresent() || last.isRepeated()
                ? found
                : list(directory, all, last.until(), true).covering(offset);
    }

    private interface Lister {
        VisibleFiles list() throws IOException;
    }

    /** Returns a listing that is newer than the landing of an offset. */
    private Listing upTo(long offset, String directory, Lister lister) throws IOException {
        Listing last = listings.getIfPresent(directory);
        return last == null || offset > last.until() ? list(directory, lister, offset, false) : last;
    }

    private Listing list(String directory, Lister lister, long arrived, boolean isRepeated) throws IOException {
        List<VisibleFiles.File> files = lister.list().files().stream()
                .sorted(Comparator.comparing(VisibleFiles.File::landed, LandedFile.BY_OFFSET))
                .toList();
        Listing listing = Listing.of(files, arrived, isRepeated);
        listings.put(directory, listing);
        return listing;
    }
}
