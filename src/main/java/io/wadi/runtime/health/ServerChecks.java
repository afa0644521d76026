package io.wadi.runtime.health;

import io.wadi.runtime.health.Prober.Question;
import io.wadi.runtime.health.SteadyCheck.Use;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.camel.health.HealthCheckRegistry;

/** Makes the checks of servers, those of each server on a thread of its own, from when a route uses it. Thread-safe. */
public final class ServerChecks implements AutoCloseable {
    /** A process that is short of time for a moment is not to be restarted. */
    private static final Duration LIVENESS_AT_LEAST = Duration.ofSeconds(30);

    private final Patience patience;
    private final Consumer<Runnable> afterStart;
    private final Clock clock = Clock.systemUTC();
    private final Map<String, Prober> probers = new HashMap<>();

    /**
     * Checks nothing yet.
     *
     * @param afterStart runs something once all routes are started
     */
    public ServerChecks(Patience patience, Consumer<Runnable> afterStart) {
        this.patience = patience;
        this.afterStart = afterStart;
    }

    /** Begins checks once all routes are started; does nothing where those of the name have begun, or without a registry. */
    public void begin(String name, HealthCheckRegistry registry, Supplier<List<ServerCheck>> checks) {
        begin(name, registry, afterStart, checks);
    }

    /** Begins checks at once, while routes are started. */
    public void beginAtOnce(String name, HealthCheckRegistry registry, Supplier<List<ServerCheck>> checks) {
        begin(name, registry, Runnable::run, checks);
    }

    private synchronized void begin(
            String name, HealthCheckRegistry registry, Consumer<Runnable> when, Supplier<List<ServerCheck>> checks) {
        if (registry == null || probers.containsKey(name)) {
            return;
        }
        List<Question> questions = new ArrayList<>();
        for (ServerCheck each : checks.get()) {
            Watched watched = new Watched(each.use() == Use.LIVENESS ? forLiveness() : patience, clock);
            registry.register(new SteadyCheck(
                    new SteadyCheck.Subject(each.id(), each.use(), each.where(), each.next()), watched, clock));
            questions.add(new Question(each.id(), each.probe(), watched));
        }
        Prober prober = new Prober(name, patience.every(), questions);
        probers.put(name, prober);
        when.accept(prober::start);
    }

    private Patience forLiveness() {
        return new Patience(
                longer(patience.downAfter()), patience.upAfter(), patience.every(), longer(patience.answerWithin()));
    }

    private static Duration longer(Duration given) {
        return given.compareTo(LIVENESS_AT_LEAST) < 0 ? LIVENESS_AT_LEAST : given;
    }

    @Override
    public synchronized void close() throws InterruptedException {
        for (Prober prober : probers.values()) {
            prober.close();
        }
    }
}
