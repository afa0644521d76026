package io.wadi.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Operations that open a resource within the time limit, and just after it. */
final class WatchdogTest {
    private final List<String> late = new ArrayList<>();

    @Test
    void resourceOpenedAfterTheLimit_isPassedToItsCloser() {
        try (Watchdog watchdog = new Watchdog(Duration.ZERO)) {
            assertThatExceptionOfType(SocketTimeoutException.class)
                    .isThrownBy(() -> watchdog.watch(
                            () -> {
                                awaitInterrupt();
                                return "stream";
                            },
                            late::add))
                    .withMessage("timed out after 0 s");
        }

        assertThat(late).containsExactly("stream");
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void resourceOpenedInTime_isReturned() throws Exception {
        try (Watchdog watchdog = new Watchdog(Duration.ofDays(1))) {
            assertThat(watchdog.watch(() -> "stream", late::add)).isEqualTo("stream");
        }

        assertThat(late).isEmpty();
    }

    /** Returns once the watchdog has interrupted this thread, as a client does that ignores interrupts. */
    private static void awaitInterrupt() {
        while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
    }
}
