package io.wadi.metrics.alerts.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class NoDataMonitorTest {
    @Test
    void unexpectedException_isReported_andChecksContinue() throws Exception {
        assertReported("IllegalStateException: of this test", () -> {
            throw new IllegalStateException("of this test");
        });
    }

    @Test
    void error_isReported_andChecksContinue() throws Exception {
        assertReported("NoClassDefFoundError: of this test", () -> {
            throw new NoClassDefFoundError("of this test");
        });
    }

    private static void assertReported(String failure, Supplier<Properties> failing) throws Exception {
        CountDownLatch attempts = new CountDownLatch(2);
        NoDataClocks clocks = new NoDataClocks(InstantSource.system(), System::nanoTime);
        try (NoDataMonitor monitor = new NoDataMonitor(
                List.of(),
                clocks,
                () -> {
                    attempts.countDown();
                    return failing.get();
                },
                Properties::new)) {
            assertThat(attempts.await(2, TimeUnit.MINUTES)).isTrue();

            assertThat(monitor.waitingFor()).isEqualTo("the next check, since one failed: " + failure);
        }
    }
}
