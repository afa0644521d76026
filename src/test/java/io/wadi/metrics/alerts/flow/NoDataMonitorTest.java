package io.wadi.metrics.alerts.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class NoDataMonitorTest {
    @Test
    void unexpectedException_isReported_andChecksContinue() throws Exception {
        CountDownLatch attempts = new CountDownLatch(2);
        NoDataClocks clocks = new NoDataClocks(InstantSource.system(), System::nanoTime);
        try (NoDataMonitor monitor = new NoDataMonitor(
                List.of(),
                clocks,
                () -> {
                    attempts.countDown();
                    throw new IllegalStateException("of this test");
                },
                Properties::new)) {
            attempts.await();

            assertThat(monitor.waitingFor())
                    .isEqualTo("the next check, since one failed: IllegalStateException: of this test");
        }
    }
}
