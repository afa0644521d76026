package io.wadi.kafka.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a partition is reported as stalled, depending on its earlier observations. */
final class ReadProgressTest {
    private static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration AFTER = Duration.ofMinutes(1);
    private static final Duration HOLDS = Duration.ofMinutes(5);

    /** Observations are {@code second:delivered/safe/unread}. */
    @ParameterizedTest(name = "{0}, at {1}: {2}; {3}")
    @CsvSource({
        "'',                                        59, '',                        just assigned",
        "'',                                        60, its consumer last polled at 2026-11-20T12:00:00Z, the consumer hangs",
        "'50:0/0/0',                               100, '',                        there is nothing to do",
        "'50:0/0/0 300:0/0/0',                     350, '',                        and there was nothing for long",
        "'30:5/0/9 60:8/0/6',                       90, '',                        it is read",
        "'30:5/0/9 60:5/0/9 89:5/0/9',              89, '',                        it was read 59 s ago",
        "'30:5/0/9 60:5/0/9 90:5/0/9',              90, no record was read since 2026-11-20T12:00:30Z, it is not read on",
        "'30:5/0/9 60:0/0/14 90:5/0/9',             90, no record was read since 2026-11-20T12:00:30Z, a rewind is no progress",
        "'30:99/99/0 60:2/2/9 90:5/5/6 120:8/8/3',   120, '',                      the log was truncated, and is read",
        "'30:99/99/0 60:2/2/9 120:2/2/9',            120, no record was read since 2026-11-20T12:01:00Z, and is not read on",
        "'30:99/99/0 60:2/0/0 420:2/0/0',            420, no record was completed since 2026-11-20T12:01:00Z, and is not completed",
        "'30:5/0/9 60:5/0/9 89:6/0/8 120:6/0/8',   120, '',                        one record is progress",
        "'30:5/0/0 60:5/0/0',                       60, '',                        it is read and may be held for 5 min",
        "'1:5/0/0 200:5/0/0 360:5/0/0',            360, '',                        as long as it may",
        "'1:5/0/0 200:5/0/0 361:5/0/0',            361, no record was completed since 2026-11-20T12:00:01Z, it is held for too long",
        "'1:5/0/0 200:5/3/0 400:5/3/0',            400, '',                        some of it was done",
        "'1:5/5/0 300:5/5/0 340:9/5/0 400:9/5/0',  400, '',                        all was done when it came",
    })
    void stall_describesAPartitionThatCouldProgressButDoesNot(
            String observations, int at, String expected, String why) {
        ReadProgress progress = ReadProgress.start(BEGIN);
        for (String observation : observations.split(" ", -1)) {
            if (!observation.isEmpty()) {
                String[] parts = observation.split("[:/]", -1);
                progress = progress.next(
                        Long.parseLong(parts[1]),
                        Long.parseLong(parts[2]),
                        Long.parseLong(parts[3]),
                        HOLDS,
                        BEGIN.plusSeconds(Long.parseLong(parts[0])));
            }
        }

        String found = progress.stall(BEGIN.plusSeconds(at), AFTER).orElse("");

        assertThat(found).as(why).startsWith(expected == null ? "" : expected);
        assertThat(found.isEmpty()).as(why).isEqualTo(expected == null || expected.isEmpty());
    }
}
