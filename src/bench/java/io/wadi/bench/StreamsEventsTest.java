package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamsEventsTest {
    private final StreamsEvents events = new StreamsEvents(3, 3);

    private static void accept(StreamsEvents.Check check, String user, String value) {
        check.accept(user.getBytes(US_ASCII), value.getBytes(US_ASCII));
    }

    private StreamsEvents.Check reported(String... counts) {
        StreamsEvents.Check check = events.check(StreamsCase.RESTART);
        for (int user = 0; user < counts.length; user++) {
            accept(check, "user-" + user, counts[user]);
        }
        return check;
    }

    /** Kafka deletes records whose timestamps are older than the retention, by default a week. */
    @Test
    void timestamps_areOfTheLastHours() {
        Instant now = Instant.now();

        assertThat(List.of(events.timestamp(0), events.timestamp(2)))
                .allSatisfy(
                        each -> assertThat(Instant.ofEpochMilli(each)).isBetween(now.minus(Duration.ofHours(3)), now));
    }

    @Test
    void countsOfAll_areRight() {
        assertThatCode(() -> reported("1", "1", "1").finish("out")).doesNotThrowAnyException();
    }

    @Test
    void aMissingOne_aWrongOne_andOneThatDoesNotRise_areReported() {
        assertThatThrownBy(() -> reported("1", "1").finish("out"))
                .isInstanceOf(IOException.class)
                .hasMessage("out: of 3 results 1 are wrong");
        assertThatThrownBy(() -> reported("1", "1", "2").finish("out")).hasMessage("out: of 3 results 1 are wrong");
        StreamsEvents.Check twice = reported("1", "1", "1");
        accept(twice, "user-2", "1");
        assertThatThrownBy(() -> twice.finish("out")).hasMessageEndingWith("and the count of user-2 went from 1 to 1");
    }
}
