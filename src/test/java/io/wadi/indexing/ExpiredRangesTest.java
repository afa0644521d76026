package io.wadi.indexing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.targets.RecordTarget.Range;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExpiredRangesTest {
    @Test
    void noRanges_haveEmptyMetadata() {
        assertThat(ExpiredRanges.of("").metadata()).isEmpty();
    }

    @Test
    void ranges_areAddedToThoseOfTheMetadata() {
        ExpiredRanges ranges = ExpiredRanges.of("indexed expired=100-149");
        ranges.add(new Range(300, 310));

        assertThat(ranges.metadata()).isEqualTo("indexed expired=100-149,300-310");
        assertThat(ExpiredRanges.parse(ranges.metadata())).containsExactly(new Range(100, 149), new Range(300, 310));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "landed next= last= bytes=0", "indexed expired=", "indexed expired=1-2,", "indexed expired=1"
            })
    void foreignMetadata_hasNoRanges(String metadata) {
        assertThat(ExpiredRanges.parse(metadata)).isEmpty();
    }

    /** The first range was recorded, but the offset after it was not committed. */
    @Test
    void overlappingRanges_areMerged() {
        ExpiredRanges ranges = ExpiredRanges.of("indexed expired=1-5,100-149");
        ranges.add(new Range(80, 169));

        assertThat(ExpiredRanges.parse(ranges.metadata())).containsExactly(new Range(1, 5), new Range(80, 169));
    }

    @Test
    void manyRanges_areMergedWithTheirNearest_andCoverAllOffsets() {
        ExpiredRanges ranges = ExpiredRanges.of("");
        for (long i = 0; i < 1000; i++) {
            ranges.add(new Range(i * 100_000_000_000_000L, i * 100_000_000_000_000L + 10 + i % 7));
        }

        List<Range> kept = ExpiredRanges.parse(ranges.metadata());
        assertThat(kept).hasSize(20);
        assertThat(ranges.metadata()).hasSizeLessThan(1000);
        for (long i = 0; i < 1000; i++) {
            long first = i * 100_000_000_000_000L;
            assertThat(kept).anyMatch(range -> range.first() <= first && first + 10 <= range.last());
        }
    }
}
