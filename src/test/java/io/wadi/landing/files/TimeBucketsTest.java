package io.wadi.landing.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class TimeBucketsTest {
    @ParameterizedTest
    @CsvSource({
        "DAY, 2026-11-24T23:59:59.999Z, 2026-11-25T00:00:00Z",
        "HOUR, 2026-11-24T23:59:59.999Z, 2026-11-25T00:00:00Z",
        "HOUR, 2026-11-24T05:00:00Z, 2026-11-24T06:00:00Z",
        "DAY, 1969-12-31T23:59:59.999Z, 1970-01-01T00:00:00Z"
    })
    void end_isTheBeginOfTheNextBucket(TimeBuckets times, Instant time, Instant end) {
        String directory = times.directory(time.toEpochMilli());

        assertThat(times.end(directory)).hasValue(end.toEpochMilli());
    }

    /** A negative end would be before each watermark, and the directory would be marked as complete. */
    @ParameterizedTest
    @EnumSource(names = {"DAY", "HOUR"})
    void end_ofTheLastTime_isTheLastTime(TimeBuckets times) {
        assertThat(times.end(times.directory(Long.MAX_VALUE))).hasValue(Long.MAX_VALUE);
    }

    @Test
    void end_ofADirectoryWithoutATimeInMilliseconds_isEmpty() {
        assertThat(TimeBuckets.DAY.end("date=+999999999-01-01")).isEmpty();
        assertThat(TimeBuckets.DAY.end("date=2026-11-24/hour=05")).isEmpty();
        assertThat(TimeBuckets.NONE.end("")).isEmpty();
    }
}
