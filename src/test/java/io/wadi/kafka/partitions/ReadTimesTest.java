package io.wadi.kafka.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ReadTimesTest {
    private final ReadTimes times = new ReadTimes();

    private void read(long first, long last, long oldest, long newest) {
        times.read(new ReadTimes.Range(first, last + 1, last + 1 - first, oldest, newest));
    }

    private List<ReadTimes.Range> done(long offset) {
        List<ReadTimes.Range> all = new ArrayList<>();
        for (ReadTimes.Range part = times.done(offset); part != null; part = times.done(offset)) {
            all.add(part);
        }
        return all;
    }

    @Test
    void records_areCompletedInOrder_alsoPartially() {
        read(0, 9, 1000, 2000);
        read(10, 19, 3000, 4000);

        assertThat(times.oldest()).isEqualTo(1000);
        assertThat(done(0)).isEmpty();
        assertThat(done(4))
                .extracting(ReadTimes.Range::records, ReadTimes.Range::time)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(4L, 1500L));
        assertThat(times.oldest()).isEqualTo(1000);
        assertThat(done(20)).extracting(ReadTimes.Range::records).containsExactly(6L, 10L);
        assertThat(times.isEmpty()).isTrue();
        assertThat(times.oldest()).isZero();
    }

    @Test
    void recordsFetchedAgain_countOnce_andKeepTheirAge() {
        read(0, 9, 1000, 1000);
        read(10, 19, 2000, 2000);
        read(5, 14, 1500, 1500);

        assertThat(times.oldest()).isEqualTo(1000);
        assertThat(done(15)).extracting(ReadTimes.Range::records).containsExactly(5L, 10L);
        assertThat(times.isEmpty()).isTrue();
    }

    @Test
    void tooManyRanges_areMerged_withoutLosingRecordsOrLoweringTheAge() {
        Random random = new Random(7);
        long offset = 0;
        long done = 0;
        long counted = 0;
        for (int poll = 0; poll < 10_000; poll++) {
            int records = 1 + random.nextInt(20);
            read(offset, offset + records - 1, offset * 10, (offset + records - 1) * 10);
            offset += records;
            if (random.nextInt(100) == 0) {
                done += random.nextLong(offset - done + 1);
                List<ReadTimes.Range> completed = done(done);
                assertThat(completed).hasSizeLessThanOrEqualTo(ReadTimes.MAX_RANGES);
                counted +=
                        completed.stream().mapToLong(ReadTimes.Range::records).sum();
                assertThat(counted).isEqualTo(done);
            }
            if (done < offset) {
                assertThat(times.oldest()).isLessThanOrEqualTo(done * 10);
            }
        }
        counted += done(offset).stream().mapToLong(ReadTimes.Range::records).sum();
        assertThat(counted).isEqualTo(offset);
    }
}
