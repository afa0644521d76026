package io.wadi.runtime.reload;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
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

    private final Supplier<RouteHold> requests;
    private final RouteReplacement swap;
    private final ReloadOutcomes outcomes;
    private final DirectoryWatch watch;
    private final Lock changing;

    private Path directory;
    private RouteFileEntries running;
    /** What could not be put back. */
    private Optional<RouteChange> owed = Optional.empty();

    /**
     * How it works.
     *
     * @param every how often it looks
     * @param stopWithin how long a route may take to stop before it is given up
     */
    public record Options(Duration every, Duration stopWithin) {}

    /**
     * Begins nothing yet.
     *
     * @param changing is held while routes are replaced, so that nobody else starts or stops them
     */
    public LiveRoutes(
            ModelCamelContext context,
            Supplier<RouteHold> requests,
            Supplier<RouteTargetState> target,
            Lock changing,
            Options options,
            MeterRegistry meters) {
        this.requests = requests;
        this.swap = new RouteReplacement(context, requests, target, options.stopWithin());
        this.changing = changing;
        outcomes = new ReloadOutcomes(meters, "wadi.routes.changes", "wadi.routes.rejected", "route files");
        watch = new DirectoryWatch(
                "wadi-live-routes",
                DirectorySnapshot.ROUTES,
                new DirectoryWatch.Options(options.every(), options.stopWithin().multipliedBy(2)),
                new DirectoryWatch.Decision() {
                    @Override
                    public void owed() throws InterruptedException {
                        putBackWhatIsOwed();
                    }

                    @Override
                    public void on(DirectorySnapshot now) throws InterruptedException {
                        decide(now);
                    }
                });
    }

    /**
     * Reads the files that the routes are about to be started from.
     *
     * @throws IllegalArgumentException where they could not be told from later ones: it says why
     */
    public void begin(Path directory) {
        try {
            this.directory = directory;
            running = RouteFileEntries.of(watch.begin(directory).whole());
        } catch (IOException e) {
            throw new IllegalArgumentException(directory + " cannot be read: " + e.getMessage(), e);
        } catch (RejectedChangeException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Looks for changes from now on. Once the routes have started. */
    public void start() {
        watch.start();
    }

    /** Returns when nothing is being swapped, and nothing will be any more. */
    @Override
    public void close() throws InterruptedException {
        watch.close();
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

    private void decide(DirectorySnapshot now) throws InterruptedException {
        long begin = System.nanoTime();
        try {
            RouteFileEntries items = RouteFileEntries.of(now.whole());
            RouteChange change =
                    RouteChange.between(running, items, Set.of(requests.get().keeper()));
            if (change.isEmpty()) {
                LOG.info("{} says what runs already", directory);
                outcomes.same();
            } else {
                take(change);
                LOG.info(
                        "{} has changed and is in force after {} ms: {}", directory, millisSince(begin), change.said());
                outcomes.applied();
            }
            running = items;
        } catch (RejectedChangeException e) {
            LOG.warn("{} has changed and is refused, the routes before go on:", directory);
            e.mistakes().forEach(mistake -> LOG.warn("  {}", mistake));
            outcomes.refused();
        }
    }

    private void take(RouteChange change) throws RejectedChangeException, InterruptedException {
        changing.lockInterruptibly();
        try {
            swap.apply(change);
        } catch (RollbackFailedException e) {
            LOG.error("Routes are missing, and are tried again: {}", e.getMessage(), e);
            owed = Optional.of(change);
            throw new RejectedChangeException(List.of(e.getMessage()));
        } finally {
            changing.unlock();
        }
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
