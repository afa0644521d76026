package io.wadi.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** Faults that only a restart of the process repairs. */
final class ProcessLivenessTest {
    @Test
    void stuckThreads_areReported() {
        Prober.Probe probe = new ProcessLiveness(() -> Optional.of("a consumer hangs"), "");

        assertThat(new ProcessLiveness(Optional::empty, "").check().isFault()).isFalse();
        assertThat(check(probe)).isEqualTo(CheckResult.fault("a consumer hangs"));
    }

    @Test
    void deadlockedThreads_areReported() throws Exception {
        ReentrantLock one = new ReentrantLock();
        ReentrantLock other = new ReentrantLock();
        CyclicBarrier both = new CyclicBarrier(2);
        Thread first = new Thread(() -> lockBoth(one, other, both), "deadlock-first");
        Thread second = new Thread(() -> lockBoth(other, one, both), "deadlock-second");
        first.start();
        second.start();
        ProcessLiveness probe = new ProcessLiveness(Optional::empty, "");
        try {
            await().untilAsserted(() -> assertThat(probe.check())
                    .isEqualTo(CheckResult.fault("deadlocked threads: deadlock-first, deadlock-second")));
        } finally {
            first.interrupt();
            second.interrupt();
        }
        first.join();
        second.join();

        assertThat(probe.check().isFault()).isFalse();
    }

    private static CheckResult check(Prober.Probe probe) {
        try {
            return probe.check();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The locks can be interrupted, so that the test leaves no thread behind. */
    private static void lockBoth(ReentrantLock first, ReentrantLock second, CyclicBarrier both) {
        first.lock();
        try {
            both.await();
            second.lockInterruptibly();
            second.unlock();
        } catch (Exception e) {
            Thread.currentThread().interrupt();
        } finally {
            first.unlock();
        }
    }
}
