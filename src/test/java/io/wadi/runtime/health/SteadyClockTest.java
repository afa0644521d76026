package io.wadi.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.AdjustableClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The health of a dependency while the system's time is set. */
final class SteadyClockTest {
    private static final HealthThresholds THRESHOLDS = new HealthThresholds(
            Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(3));

    private final AdjustableClock system = new AdjustableClock(Instant.parse("2026-11-29T12:00:00Z"));
    private final AtomicLong nanos = new AtomicLong();
    private final Clock clock = SteadyClock.of(system, nanos::get);
    private final MonitoredDependency watched = new MonitoredDependency(THRESHOLDS, clock);

    @BeforeEach
    void succeed() {
        check(CheckResult.proof("well"));
    }

    @Test
    void timeSetForward_isNoSilence() {
        system.pass(Duration.ofHours(1));
        assertThat(watched.now().isUp()).isTrue();

        check(CheckResult.proof("well"));

        assertThat(watched.now().isUp()).isTrue();
    }

    @Test
    void timeSetBack_hidesNoFailure() {
        check(CheckResult.fault("refused"));
        system.pass(Duration.ofHours(-1));

        check(CheckResult.fault("refused"));
        pass(Duration.ofSeconds(3));

        assertThat(watched.now().isUp()).isFalse();
    }

    @Test
    void clock_beginsAtTheSystemsTime() {
        pass(Duration.ofSeconds(3));

        assertThat(clock.instant()).isEqualTo("2026-11-29T12:00:05Z");
    }

    private void check(CheckResult result) {
        watched.checkStarted();
        watched.checkCompleted(result);
        pass(THRESHOLDS.every());
    }

    private void pass(Duration time) {
        system.pass(time);
        nanos.addAndGet(time.toNanos());
    }
}
