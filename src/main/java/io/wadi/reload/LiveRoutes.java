package io.wadi.reload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.apache.camel.model.ModelCamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over route files that are saved while their routes run. All files of the directory hold together or not at all: once they
 * have not changed between two looks, what differs from what runs is tried, and swapped route by route, or refused with file,
 * line and reason while the routes before go on. Requests that come meanwhile wait; what a flow has begun comes to its end, as at
 * a stop. Routes that do not differ run on untouched.
 */
public final class LiveRoutes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveRoutes.class);

    private final RouteSwap swap;
    private final Options options;
    private final Counter applied;
    private final Counter refused;
    private final ScheduledThreadPoolExecutor timer;
    private final Lock changing;

    private Path directory;
    private RouteItems running;
    /** What was decided on last, taken over or refused. */
    private RouteFiles settled;
    /** What was seen once. */
    private RouteFiles candidate;
    /** What could not be put back. */
    private Optional<Change> owed = Optional.empty();

    private boolean isRead = true;
    private volatile boolean isRefused;

    /**
     * How it works.
     *
     * @param every how often it looks
     * @param stopWithin how long a route may take to stop before it is given up
     * @param keepers the steps by which a route that takes requests keeps what they bring
     */
    public record Options(Duration every, Duration stopWithin, Set<String> keepers) {}

    /**
     * Begins nothing yet.
     *
     * @param changing is held while routes are replaced, so that nobody else starts or stops them
     */
    public LiveRoutes(
            ModelCamelContext context, Gate gate, Asked asked, Lock changing, Options options, MeterRegistry meters) {
        this.swap = new RouteSwap(context, gate, asked, options.stopWithin());
        this.changing = changing;
        this.options = options;
        applied = changes(meters, "applied");
        refused = changes(meters, "refused");
        Gauge.builder("wadi.routes.refused", () -> isRefused ? 1 : 0)
                .description("Whether the route files are other than what runs, since they were refused")
                .register(meters);
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "wadi-live-routes");
            thread.setDaemon(true);
            return thread;
        });
    }

    private static Counter changes(MeterRegistry meters, String result) {
        return Counter.builder("wadi.routes.changes")
                .description("Changes of the route files, by what became of them")
                .tag("result", result)
                .register(meters);
    }

    /**
     * Reads the files that the routes are about to be started from.
     *
     * @throws IllegalArgumentException where they could not be told from later ones: it says why
     */
    public void begin(Path directory) {
        try {
            this.directory = directory;
            settled = RouteFiles.read(directory);
            running = RouteItems.of(settled.whole());
        } catch (IOException e) {
            throw new IllegalArgumentException(directory + " cannot be read: " + e.getMessage(), e);
        } catch (Refused e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Looks for changes from now on. Once the routes have started. */
    public void start() {
        long millis = options.every().toMillis();
        timer.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Returns when nothing is being swapped, and nothing will be any more. */
    @Override
    public void close() throws InterruptedException {
        timer.shutdown();
        if (!timer.awaitTermination(2 * options.stopWithin().toMillis(), TimeUnit.MILLISECONDS)) {
            timer.shutdownNow();
        }
    }

    private void look() {
        try {
            putBackWhatIsOwed();
            RouteFiles now = RouteFiles.read(directory);
            isRead = true;
            if (now.equals(settled)) {
                candidate = null;
            } else if (now.equals(candidate)) {
                decide(now);
                settled = now;
            } else {
                candidate = now;
            }
        } catch (IOException e) {
            if (isRead) {
                LOG.warn("{} cannot be read, the routes go on: {}", directory, e.toString());
            }
            isRead = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // A timer drops a task that throws.
            LOG.error("Routes are missing, and are tried again: {}", e.getMessage(), e);
        }
    }

    private void putBackWhatIsOwed() throws InterruptedException {
        if (owed.isPresent()) {
            changing.lockInterruptibly();
            try {
                swap.putBack(owed.get());
            } finally {
                changing.unlock();
            }
            LOG.info("What was before runs again");
            owed = Optional.empty();
        }
    }

    private void decide(RouteFiles now) throws InterruptedException {
        long begin = System.nanoTime();
        try {
            RouteItems items = RouteItems.of(now.whole());
            Change change = Change.between(running, items, options.keepers());
            if (change.isEmpty()) {
                LOG.info("{} says what runs already", directory);
            } else {
                take(change);
                LOG.info(
                        "{} has changed and is in force after {} ms: {}", directory, millisSince(begin), change.said());
                applied.increment();
            }
            running = items;
            isRefused = false;
        } catch (Refused e) {
            isRefused = true;
            LOG.warn("{} has changed and is refused, the routes before go on:", directory);
            e.mistakes().forEach(mistake -> LOG.warn("  {}", mistake));
            refused.increment();
        }
    }

    private void take(Change change) throws Refused, InterruptedException {
        changing.lockInterruptibly();
        try {
            swap.apply(change);
        } catch (NotPutBackException e) {
            LOG.error("Routes are missing, and are tried again: {}", e.getMessage(), e);
            owed = Optional.of(change);
            throw new Refused(List.of(e.getMessage()));
        } finally {
            changing.unlock();
        }
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
