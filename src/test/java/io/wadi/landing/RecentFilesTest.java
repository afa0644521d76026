package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.landing.files.TimeBuckets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class RecentFilesTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);
    private static final Layout LAYOUT = new Layout("/data");
    private static final Layout BY_DAY = new Layout("/data", TimeBuckets.DAY);
    private static final int MAX_FILES = 4;

    private final MemoryFileStore store = new MemoryFileStore();
    private final AtomicLong nanos = new AtomicLong();
    private final RecentFiles recent = new RecentFiles(store, MAX_FILES, nanos::get);

    @Test
    void filesThatWereMovedAway_areListedTwiceASecond() throws Exception {
        land(10, 19);
        land(20, 29);

        for (long offset = 0; offset < 10; offset++) {
            assertThat(isCovered(offset)).isFalse();
        }
        assertThat(listings()).isEqualTo(2);

        land(0, 9);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertThat(isCovered(5)).isTrue();
        assertThat(listings()).isEqualTo(3);
    }

    @Test
    void recordThatHasArrivedSince_isListedAgain() throws Exception {
        land(10, 19);
        assertThat(isCovered(19)).isTrue();

        land(20, 29);

        assertThat(isCovered(20)).isTrue();
        assertThat(isCovered(10)).isTrue();
        assertThat(listings()).isEqualTo(2);
    }

    @Test
    void withoutFiles_recordsThatHaveArrived_areListedTwiceASecond() throws Exception {
        for (long offset = 9; offset >= 0; offset--) {
            assertThat(isCovered(offset)).isFalse();
        }
        assertThat(listings()).isEqualTo(2);
    }

    /** A listing can miss a file that is merged at the same time. */
    @Test
    void fileThatAListingHasMissed_isListedAgain() throws Exception {
        land(20, 29);
        assertThat(isCovered(20)).isTrue();
        land(10, 19);

        assertThat(isCovered(10)).isTrue();
        assertThat(listings()).isEqualTo(2);
    }

    @Test
    void partitionWithMoreFilesThanTheMaximum_isListedOnceASecond() throws Exception {
        for (long offset = 0; offset <= MAX_FILES; offset++) {
            land(offset, offset);
        }

        assertThat(isCovered(MAX_FILES)).isTrue();
        long pages = listings();

        for (long offset = MAX_FILES - 1; offset >= 0; offset--) {
            assertThat(isCovered(offset)).isTrue();
        }
        assertThat(listings()).isEqualTo(pages);
    }

    @Test
    void file_isFoundByEachOfItsOffsets() throws Exception {
        land(2, 2);
        land(5, 9);
        land(10, 19);

        assertThat(LongStream.rangeClosed(0, 20).filter(this::isCoveredNow))
                .containsExactly(2L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L);
    }

    /** A merge has published its file, and has not removed the former ones yet. */
    @Test
    void overlappingFiles_theMergedOneIsFound() throws Exception {
        land(0, 19);
        land(5, 9);

        for (long offset = 0; offset < 20; offset++) {
            assertThat(recent.covering(LAYOUT, PARTITION, "", offset)
                            .orElseThrow()
                            .landed())
                    .isEqualTo(new LandedFile(PARTITION, 0, 19));
        }
    }

    @Test
    void likelyDirectory_isListedAlone() throws Exception {
        landOn("date=2026-11-27", 0, 9);
        landOn("date=2026-11-28", 10, 19);

        assertThat(recent.covering(BY_DAY, PARTITION, "date=2026-11-27", 5)
                        .orElseThrow()
                        .directory())
                .isEqualTo("/data/events/partition=0/date=2026-11-27");
        assertThat(listings()).isEqualTo(1);
    }

    @Test
    void fileInAnotherDirectoryThanTheLikelyOne_isFound() throws Exception {
        landOn("date=2026-11-28", 0, 9);

        assertThat(recent.covering(BY_DAY, PARTITION, "date=2026-11-27", 5)
                        .orElseThrow()
                        .directory())
                .isEqualTo("/data/events/partition=0/date=2026-11-28");
    }

    private void landOn(String directory, long first, long last) {
        store.put(BY_DAY.visible(new LandedFile(PARTITION, first, last), directory), "");
    }

    private boolean isCoveredNow(long offset) {
        try {
            return isCovered(offset);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isCovered(long offset) throws Exception {
        return recent.covering(LAYOUT, PARTITION, "", offset).isPresent();
    }

    private void land(long first, long last) {
        store.put(LAYOUT.visible(new LandedFile(PARTITION, first, last), ""), "");
    }

    private long listings() {
        return store.calls().stream()
                .filter(call -> call.startsWith(Operation.LIST.toString()))
                .count();
    }
}
