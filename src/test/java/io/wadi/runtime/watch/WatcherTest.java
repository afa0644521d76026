package io.wadi.runtime.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import io.wadi.testing.Warnings;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WatcherTest {
    @Test
    void failedCheck_isLoggedAndRepeated() {
        AtomicInteger checks = new AtomicInteger();
        try (Warnings errors = new Warnings(Watcher.class.getName(), Level.ERROR);
                Watcher watcher = new Watcher("wadi-reload")) {
            watcher.every(Duration.ofMillis(1), () -> {
                if (checks.incrementAndGet() == 1) {
                    throw new NoClassDefFoundError("of/the/Test");
                }
                return true;
            });

            await().until(() -> checks.get() > 2);
            assertThat(errors.lines()).containsExactly("Check for changes failed; retrying: of/the/Test");
        }
    }
}
