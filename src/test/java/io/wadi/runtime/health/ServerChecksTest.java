package io.wadi.runtime.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.runtime.health.DebouncedCheck.Use;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.camel.health.HealthCheckRegistry;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class ServerChecksTest {
    @Test
    @Timeout(130)
    void slowCheck_doesNotDelayAnotherOne() throws Exception {
        Semaphore checks = new Semaphore(0);
        CountDownLatch end = new CountDownLatch(1);
        Duration every = Duration.ofMillis(1);
        try (DefaultCamelContext context = new DefaultCamelContext();
                ServerChecks started =
                        new ServerChecks(new HealthThresholds(every, every, every, every), Runnable::run)) {
            started.start(
                    "kafka",
                    HealthCheckRegistry.get(context),
                    () -> List.of(
                            check("fast", () -> {
                                checks.release();
                                return CheckResult.proof("well");
                            }),
                            check("slow", () -> {
                                end.await();
                                return CheckResult.proof("late");
                            })));

            checks.acquire(3);
            assertThat(end.getCount()).isEqualTo(1);
            end.countDown();
        }
    }

    @Test
    @Timeout(130)
    void checkThatFailsWithAnError_isRepeated() throws Exception {
        CountDownLatch repeated = new CountDownLatch(2);
        Duration every = Duration.ofMillis(1);
        try (DefaultCamelContext context = new DefaultCamelContext();
                ServerChecks started =
                        new ServerChecks(new HealthThresholds(every, every, every, every), Runnable::run)) {
            started.start(
                    "server",
                    HealthCheckRegistry.get(context),
                    () -> List.of(check("broken", () -> {
                        repeated.countDown();
                        throw new NoClassDefFoundError("io/wadi/Missing");
                    })));

            assertThat(repeated.await(2, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static ServerCheck check(String id, Prober.Probe probe) {
        return new ServerCheck(id, Use.NONE, "here", "it is checked again", probe);
    }
}
