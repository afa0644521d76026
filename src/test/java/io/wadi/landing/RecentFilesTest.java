package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class RecentFilesTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);
    private static final Layout LAYOUT = new Layout("/data");
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

    private boolean isCovered(long offset) throws Exception {
        return recent.covering(LAYOUT, PARTITION, offset).isPresent();
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
