package io.wadi.runtime.health;

import io.wadi.runtime.health.DebouncedCheck.Use;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckRegistry;

/** Runs each health check of a server on its own thread, so that no check waits for another. Thread-safe. */
public final class ServerChecks implements AutoCloseable {
    /** The minimum thresholds of liveness: short stalls must not fail it, since a failure restarts the process. */
    private static final Duration LIVENESS_AT_LEAST = Duration.ofSeconds(30);

    private final HealthThresholds thresholds;
    private final Consumer<Runnable> afterStart;
    private final Clock clock = SteadyClock.instance();
    private final Map<String, List<Prober>> probers = new HashMap<>();

    /**
     * Creates an instance without checks.
     *
     * @param afterStart runs an action once all routes are started
     */
    public ServerChecks(HealthThresholds thresholds, Consumer<Runnable> afterStart) {
        this.thresholds = thresholds;
        this.afterStart = afterStart;
    }

    /**
     * Starts checks once all routes are started. Does nothing if checks of this name exist or {@code registry} is null.
     */
    public void start(String name, HealthCheckRegistry registry, Supplier<List<ServerCheck>> checks) {
        start(name, registry, false, checks);
    }

    /** Does the same, or starts checks {@code immediately}, even while routes are still being started. */
    public synchronized void start(
            String name, HealthCheckRegistry registry, boolean immediately, Supplier<List<ServerCheck>> checks) {
        if (registry == null || probers.containsKey(name)) {
            return;
        }
        Consumer<Runnable> when = immediately ? Runnable::run : afterStart;
        List<Prober> started = new ArrayList<>();
        for (ServerCheck each : checks.get()) {
            MonitoredDependency watched =
                    new MonitoredDependency(each.use() == Use.LIVENESS ? forLiveness() : thresholds, clock);
            registry.register(new DebouncedCheck(
                    new DebouncedCheck.Subject(each.id(), each.use(), each.where(), each.next()), watched, clock));
            Prober prober = new Prober(each.id(), thresholds.every(), each.probe(), watched);
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
