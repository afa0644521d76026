package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RestartsTest {
    private final Restarts restarts = new Restarts();

    @Test
    void delay_doublesUpToAMinute() {
        assertThat(Stream.generate(() -> seconds(Duration.ZERO)).limit(9))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);
        assertThat(restarts.count()).isEqualTo(9);
    }

    @Test
    void delay_isResetAfterTenMinutes() {
        seconds(Duration.ZERO);
        seconds(Duration.ZERO);

        assertThat(seconds(Restarts.RESET_AFTER.minusMillis(1))).isEqualTo(4);
        assertThat(seconds(Restarts.RESET_AFTER)).isEqualTo(1);
        assertThat(seconds(Duration.ZERO)).isEqualTo(2);
    }

    @Test
    void cause_describesTheExit() {
        assertThat(restarts.cause()).isEmpty();
        assertThat(cause(137, "any")).isEqualTo("was killed by signal 9 (exit code 137)");
        assertThat(cause(2, "any")).isEqualTo("ended by itself (exit code 2)");
        assertThat(cause(3, "Terminating due to java.lang.OutOfMemoryError: Java heap space", "any"))
                .isEqualTo(
                        "ended by a fatal error (exit code 3): Terminating due to java.lang.OutOfMemoryError: Java heap space");
        assertThat(cause(
                        3,
                        "any",
                        "Fatal error in thread x: java.lang.InternalError; the process ends with exit code 3"))
                .endsWith(
                        "(exit code 3): Fatal error in thread x: java.lang.InternalError; the process ends with exit code 3");
        assertThat(cause(3, "any")).isEqualTo("ended by a fatal error (exit code 3): see the log");
    }

    private long seconds(Duration ran) {
        return restarts.after(ran, 1, List.of()).toSeconds();
    }

    private String cause(int exitCode, String... lastLines) {
        restarts.after(Duration.ZERO, exitCode, List.of(lastLines));
        return restarts.cause();
    }
}
