package io.wadi.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.AdjustableClock;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.health.HealthCheck;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The health of a dependency that is reported while probes are slow. */
final class MonitoredDependencyTest {
    private static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");
    private static final HealthThresholds THRESHOLDS = new HealthThresholds(
            Duration.ofSeconds(5), Duration.ofSeconds(3), Duration.ofSeconds(2), Duration.ofSeconds(2));

    private final AdjustableClock clock = new AdjustableClock(BEGIN);
    private final MonitoredDependency watched = new MonitoredDependency(THRESHOLDS, clock);
    private final DebouncedCheck check = new DebouncedCheck(
            new DebouncedCheck.Subject("it", DebouncedCheck.Use.READINESS, "it at home", "it is probed again"),
            watched,
            clock);

    @Test
    void unansweredProbe_isAFaultFromItsStart() {
        at(0).checkStarted();
        at(1).checkCompleted(CheckResult.proof("well"));
        at(3).checkStarted();

        assertThat(at(7).now().isUp()).as("4 s without an answer").isTrue();
        HealthState silent = at(8).now();
        assertThat(silent.isUp()).isFalse();
        assertThat(silent.since()).isEqualTo(BEGIN.plusSeconds(3));
        assertThat(silent.fault()).isEqualTo("no response since 2026-11-20T12:00:03Z");

        assertThat(at(60).checkCompleted(CheckResult.proof("well")).isUp())
                .as("success has to last")
                .isFalse();
        at(62).checkStarted();
        assertThat(at(63).checkCompleted(CheckResult.proof("well")).isUp()).isTrue();
    }

    @Test
    void lateResult_clearsAShortGap_andKeepsALongOne() {
        at(0).checkStarted();
        at(1).checkCompleted(CheckResult.proof("well"));
        at(3).checkStarted();
        assertThat(at(7).checkCompleted(CheckResult.proof("well")).isUp()).isTrue();

        at(9).checkStarted();
        HealthState late = at(30).checkCompleted(CheckResult.proof("well"));
        assertThat(late.isUp()).as("no probe ran meanwhile, and it was down").isFalse();
        assertThat(late.since()).isEqualTo(BEGIN.plusSeconds(9));
    }

    @Test
    void missingProbe_isAFault() {
        at(0).checkStarted();
        at(1).checkCompleted(CheckResult.proof("well"));

        assertThat(at(5).now().isUp()).isTrue();
        assertThat(at(99).now().fault()).isEqualTo("no response since 2026-11-20T12:00:01Z");
        assertThat(at(99).now().isUp()).isFalse();
    }

    @Test
    void check_reportsFaultAddressStartTimeAndConsequence() {
        HealthCheck.Result unknown = check.call();
        assertThat(unknown.getState()).isEqualTo(HealthCheck.State.DOWN);
        assertThat(unknown.getMessage()).hasValue("it at home: no result yet; checked since 2026-11-20T12:00:00Z");

        at(0).checkStarted();
        at(1).checkCompleted(CheckResult.proof("wrote and read"));
        at(2);
        assertThat(check.call().getState()).isEqualTo(HealthCheck.State.UP);
        assertThat(check.call().getMessage()).hasValue("it at home: wrote and read; 1000 ms ago");

        at(3).checkStarted();
        at(4).checkCompleted(CheckResult.fault("refused"));
        assertThat(check.call().getState()).isEqualTo(HealthCheck.State.UP);
        assertThat(check.call().getMessage())
                .hasValue("it at home: wrote and read; 1000 ms ago; failing since 2026-11-20T12:00:03Z: refused;"
                        + " down if this lasts until 2026-11-20T12:00:08Z");

        at(8);
        HealthCheck.Result down = check.call();
        assertThat(down.getState()).isEqualTo(HealthCheck.State.DOWN);
        assertThat(down.getMessage())
                .hasValueSatisfying(words -> assertThat(words)
                        .startsWith("it at home: no response since 2026-11-20T12:00:04Z;"
                                + " down since 2026-11-20T12:00:03Z, checked ")
                        .endsWith("; it is probed again"));
        assertThat(down.getDetails())
                .containsEntry("where", "it at home")
                .containsEntry("since", "2026-11-20T12:00:03Z")
                .containsEntry("next", "it is probed again")
                .containsKey("age-ms");
    }

    @Test
    void prober_runsOneProbeAtATime_withoutBlockingOtherThreads() throws Exception {
        MonitoredDependency real = new MonitoredDependency(
                new HealthThresholds(Duration.ZERO, Duration.ZERO, Duration.ofMillis(1), Duration.ofMillis(50)),
                Clock.systemUTC());
        CountDownLatch probed = new CountDownLatch(1);
        Semaphore answers = new Semaphore(0);
        AtomicInteger questions = new AtomicInteger();
        Prober.Probe hanging = () -> {
            questions.incrementAndGet();
            probed.countDown();
            answers.acquire();
            return CheckResult.proof("thawed");
        };
        try (Prober prober = new Prober("it", real.thresholds().every(), hanging, real)) {
            prober.start();
            prober.start();
            probed.await();

            Awaitility.await().until(() -> real.now().state() == HealthState.State.DOWN);
            assertThat(questions).hasValue(1);
            assertThat(real.now().fault()).startsWith("no response since ");

            answers.release(100_000);
            Awaitility.await().until(() -> real.now().isUp());
        }
    }

    @Test
    void closedProber_interruptsItsProbe_andClosesProbesOnTheSameThread() throws Exception {
        CountDownLatch probed = new CountDownLatch(1);
        AtomicReference<Thread> probing = new AtomicReference<>();
        AtomicReference<Thread> closing = new AtomicReference<>();
        AtomicBoolean interrupted = new AtomicBoolean(true);
        Prober.Probe hanging = new Prober.Probe() {
            @Override
            public CheckResult check() throws InterruptedException {
                probing.set(Thread.currentThread());
                probed.countDown();
                new CountDownLatch(1).await();
                return CheckResult.proof("never");
            }

            @Override
            public void close() {
                closing.set(Thread.currentThread());
                interrupted.set(Thread.currentThread().isInterrupted());
            }
        };
        Prober prober = new Prober("it", THRESHOLDS.every(), hanging, watched);
        prober.start();
        probed.await();

        prober.close();

        probing.get().join();
        assertThat(closing.get()).isEqualTo(probing.get());
        assertThat(interrupted).isFalse();
    }

    private MonitoredDependency at(int second) {
        clock.turn(BEGIN.plusSeconds(second));
        return watched;
    }
}
