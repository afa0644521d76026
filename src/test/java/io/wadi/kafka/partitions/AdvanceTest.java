package io.wadi.kafka.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a partition has stalled, by what was seen of it and when. */
final class AdvanceTest {
    private static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration AFTER = Duration.ofMinutes(1);
    private static final Duration HOLDS = Duration.ofMinutes(5);

    /** Looks are {@code second:handed/safe/unread}. */
    @ParameterizedTest(name = "{0}, at {1}: {2}; {3}")
    @CsvSource({
        "'',                                        59, '',                        taken over a moment ago",
        "'',                                        60, its consumer was last there at 2026-11-20T12:00:00Z, the consumer hangs",
        "'50:0/0/0',                               100, '',                        there is nothing to do",
        "'50:0/0/0 300:0/0/0',                     350, '',                        and there was nothing for long",
        "'30:5/0/9 60:8/0/6',                       90, '',                        it is read",
        "'30:5/0/9 60:5/0/9 89:5/0/9',              89, '',                        it was read 59 s ago",
        "'30:5/0/9 60:5/0/9 90:5/0/9',              90, no record of it was read since 2026-11-20T12:00:30Z, it is not read on",
        "'30:5/0/9 60:0/0/14 90:5/0/9',             90, no record of it was read since 2026-11-20T12:00:30Z, back and forth is no advance",
        "'30:5/0/9 60:5/0/9 89:6/0/8 120:6/0/8',   120, '',                        one record is an advance",
        "'30:5/0/0 60:5/0/0',                       60, '',                        it is read and may be held for 5 min",
        "'1:5/0/0 200:5/0/0 360:5/0/0',            360, '',                        as long as it may",
        "'1:5/0/0 200:5/0/0 361:5/0/0',            361, nothing of it was done for good since 2026-11-20T12:00:01Z, it is held for too long",
        "'1:5/0/0 200:5/3/0 400:5/3/0',            400, '',                        some of it was done",
        "'1:5/5/0 300:5/5/0 340:9/5/0 400:9/5/0',  400, '',                        all was done when it came",
    })
    void stalled_isWhatCouldAdvanceAndDoesNot(String looks, int at, String said, String why) {
        Advance advance = Advance.begun(BEGIN);
        for (String look : looks.split(" ", -1)) {
            if (!look.isEmpty()) {
                String[] parts = look.split("[:/]", -1);
                advance = advance.then(
                        Long.parseLong(parts[1]),
                        Long.parseLong(parts[2]),
                        Long.parseLong(parts[3]),
                        HOLDS,
                        BEGIN.plusSeconds(Long.parseLong(parts[0])));
            }
        }

        String found = advance.stalled(BEGIN.plusSeconds(at), AFTER).orElse("");

        assertThat(found).as(why).startsWith(said == null ? "" : said);
        assertThat(found.isEmpty()).as(why).isEqualTo(said == null || said.isEmpty());
    }
}
