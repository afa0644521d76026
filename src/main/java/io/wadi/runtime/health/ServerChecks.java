package io.wadi.runtime.health;

import io.wadi.runtime.health.DebouncedCheck.Use;
import io.wadi.runtime.health.Prober.ProbedCheck;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckRegistry;

/** Runs the health checks of servers, each on a thread of its own, so that none waits for another. Thread-safe. */
public final class ServerChecks implements AutoCloseable {
    /** Liveness tolerates short stalls: a failed liveness check restarts the process. */
    private static final Duration LIVENESS_AT_LEAST = Duration.ofSeconds(30);

    private final HealthThresholds thresholds;
    private final Consumer<Runnable> afterStart;
    private final Clock clock = Clock.systemUTC();
    private final Map<String, List<Prober>> probers = new HashMap<>();

    /**
     * Creates it without any check.
     *
     * @param afterStart runs an action once all routes are started
     */
    public ServerChecks(HealthThresholds thresholds, Consumer<Runnable> afterStart) {
        this.thresholds = thresholds;
        this.afterStart = afterStart;
    }

    /** Starts checks once all routes are started; does nothing if checks of this name exist or {@code registry} is null. */
    public void start(String name, HealthCheckRegistry registry, Supplier<List<ServerCheck>> checks) {
        start(name, registry, afterStart, checks);
    }

    /** Starts checks immediately, while routes are still being started. */
    public void startNow(String name, HealthCheckRegistry registry, Supplier<List<ServerCheck>> checks) {
        start(name, registry, Runnable::run, checks);
    }

    private synchronized void start(
            String name, HealthCheckRegistry registry, Consumer<Runnable> when, Supplier<List<ServerCheck>> checks) {
        if (registry == null || probers.containsKey(name)) {
            return;
        }
        List<Prober> started = new ArrayList<>();
        for (ServerCheck each : checks.get()) {
            MonitoredDependency watched =
                    new MonitoredDependency(each.use() == Use.LIVENESS ? forLiveness() : thresholds, clock);
            registry.register(new DebouncedCheck(
                    new DebouncedCheck.Subject(each.id(), each.use(), each.where(), each.next()), watched, clock));
            Prober prober = new Prober(
                    each.id(), thresholds.every(), List.of(new ProbedCheck(each.id(), each.probe(), watched)));
            started.add(prober);
            when.accept(prober::start);
        }
        probers.put(name, started);
    }

    private HealthThresholds forLiveness() {
        return new HealthThresholds(
                longer(thresholds.downAfter()),
                thresholds.upAfter(),
                thresholds.every(),
                longer(thresholds.answerWithin()));
    }

    private static Duration longer(Duration given) {
        return given.compareTo(LIVENESS_AT_LEAST) < 0 ? LIVENESS_AT_LEAST : given;
    }

    @Override
    public synchronized void close() throws InterruptedException {
        for (List<Prober> started : probers.values()) {
            for (Prober prober : started) {
                prober.close();
            }
        }
    }
}
