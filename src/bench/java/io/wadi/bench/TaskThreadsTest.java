package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TaskThreadsTest {
    @Test
    void failureOfAThread_isThrownAfterTheEndOfAll() {
        AtomicBoolean hasEnded = new AtomicBoolean();
        TaskThreads threads = new TaskThreads();
        CountDownLatch failing = new CountDownLatch(1);
        threads.start("failing", () -> {
            failing.countDown();
            throw new IllegalStateException("status 503");
        });
        threads.start("other", () -> {
            failing.await();
            hasEnded.set(true);
        });

        assertThatThrownBy(threads::join).isInstanceOf(IOException.class).hasMessageContaining("status 503");
        assertThat(hasEnded).isTrue();
    }
}
