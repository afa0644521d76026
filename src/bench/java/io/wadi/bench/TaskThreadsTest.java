package io.wadi.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TaskThreadsTest {
    @Test
    void failureOfAThread_isThrownAfterTheEndOfAll() {
        AtomicBoolean hasEnded = new AtomicBoolean();
        TaskThreads threads = new TaskThreads();
        threads.start("failing", () -> {
            throw new IllegalStateException("status 503");
        });
        threads.start("other", () -> {
            TimeUnit.MILLISECONDS.sleep(200);
            hasEnded.set(true);
        });

        assertThatThrownBy(threads::join).isInstanceOf(IOException.class).hasMessageContaining("status 503");
        assertThat(hasEnded).isTrue();
    }
}
