package io.wadi.metrics.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AlertReaderTest {
    @Test
    void afterAnError_theTopicIsReadAgain() {
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicInteger attempts = new AtomicInteger();
        AlertReader.Source failing = new AlertReader.Source(
                "alerts",
                () -> {
                    if (attempts.incrementAndGet() == 2) {
                        stopped.countDown();
                    }
                    throw new NoClassDefFoundError("of this test");
                },
                Optional::empty,
                "");

        new AlertReader(failing, AlertBoard.ofHeap(), new NotificationMeters(new SimpleMeterRegistry()), stopped).run();

        assertThat(attempts).hasValue(2);
    }
}
