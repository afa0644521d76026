package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CommitTimerTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private Duration now = Duration.ZERO;
    private final CommitTimer timer = new CommitTimer(() -> now.toNanos());

    @Test
    void pendingCommit_isDueAfterItsInterval() {
        timer.begin();
        now = Duration.ofMillis(60);
        timer.begin();
        assertThat(timer.canWait()).isTrue();
        assertThat(timer.remaining(SECOND)).isEqualTo(Duration.ofMillis(40));
        assertThat(timer.remaining(Duration.ofMillis(10))).isEqualTo(Duration.ofMillis(10));

        now = Duration.ofMillis(100);
        assertThat(timer.canWait()).isFalse();
        now = Duration.ofMillis(101);
        assertThat(timer.remaining(SECOND)).isZero();
    }

    @Test
    void withoutAPendingCommit_nothingIsAwaited() {
        assertThat(timer.canWait()).isFalse();
        assertThat(timer.remaining(SECOND)).isEqualTo(SECOND);
    }

    @Test
    void expeditedCommit_isDueAtOnce() {
        timer.begin();
        timer.expedite();
        assertThat(timer.canWait()).isFalse();
        assertThat(timer.remaining(SECOND)).isZero();

        timer.end();
        timer.begin();
        assertThat(timer.canWait()).isTrue();
    }
}
