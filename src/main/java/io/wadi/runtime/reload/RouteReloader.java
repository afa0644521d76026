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
 * Hot reload of route files. All files of the directory are loaded, or none: once two checks find the same content, changed routes are
 * tried out and replaced one by one, or rejected with file, line and reason while the previous routes keep running. Incoming requests
 * are held during the replacement; records in flight are completed as at a stop. Unchanged routes keep running.
 */
public final class RouteReloader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouteReloader.class);

    private final Supplier<RouteHold> requests;
    private final RouteReplacement replacement;
    private final ReloadOutcomes outcomes;
    private final DirectoryWatch watch;
    private final Lock changing;

    private Path directory;
    private RouteFileEntries running;
    /** A change with a failed rollback. */
    private Optional<RouteChange> failedRollback = Optional.empty();

    /**
     * The timing.
     *
     * @param every the interval between checks
     * @param stopWithin the timeout for stopping a route
     */
    public record Options(Duration every, Duration stopWithin) {}

    /**
     * Creates a reloader without starting it.
     *
     * @param changing the lock that is held while routes are replaced
     */
    public RouteReloader(
            ModelCamelContext context,
            Supplier<RouteHold> requests,
            Supplier<RouteTargetState> target,
            Lock changing,
            Options options,
            MeterRegistry meters) {
        this.requests = requests;
        this.replacement = new RouteReplacement(context, requests, target, options.stopWithin());
        this.changing = changing;
        outcomes = new ReloadOutcomes(meters, "wadi.routes.changes", "wadi.routes.rejected", "route files");
        watch = new DirectoryWatch(
                "wadi-live-routes",
                DirectorySnapshot.ROUTES,
                new DirectoryWatch.Options(options.every(), options.stopWithin().multipliedBy(2)),
                new DirectoryWatch.Handler() {
                    @Override
                    public void beforeCheck() throws InterruptedException {
                        retryRollback();
                    }

                    @Override
                    public void changed(DirectorySnapshot files) throws InterruptedException {
                        reload(files);
                    }
                });
    }

    /**
     * Reads the initial route files.
     *
     * @throws IllegalArgumentException if they cannot be read or are invalid
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

    /** Starts the checks for changes, after the routes have started. */
    public void start() {
        watch.start();
    }

    /** Stops the checks and waits for a running reload. */
    @Override
    public void close() throws InterruptedException {
        watch.close();
    }

    private void retryRollback() throws InterruptedException {
        if (failedRollback.isPresent()) {
            changing.lockInterruptibly();
            try {
                replacement.rollBack(failedRollback.get());
            } finally {
                changing.unlock();
            }
            LOG.info("Rollback of {} completed; the previous routes run again", directory);
            failedRollback = Optional.empty();
        }
    }

    private void reload(DirectorySnapshot files) throws InterruptedException {
        long begin = System.nanoTime();
        try {
            RouteFileEntries entries = RouteFileEntries.of(files.whole());
            RouteChange change =
                    RouteChange.between(running, entries, Set.of(requests.get().sendStep()));
            if (change.isEmpty()) {
                LOG.info("{} matches the running routes", directory);
                outcomes.unchanged();
            } else {
                apply(change);
                LOG.info("Reloaded {} in {} ms: {}", directory, millisSince(begin), change.summary());
                outcomes.applied();
            }
            running = entries;
        } catch (RejectedChangeException e) {
            LOG.warn("Rejected invalid change in {}; the running routes are unchanged:", directory);
            e.mistakes().forEach(mistake -> LOG.warn("  {}", mistake));
            outcomes.refused();
        }
    }

    private void apply(RouteChange change) throws RejectedChangeException, InterruptedException {
        changing.lockInterruptibly();
        try {
            replacement.apply(change);
        } catch (RollbackFailedException e) {
            LOG.error("Rollback failed and some routes do not run; retrying: {}", e.getMessage(), e);
            failedRollback = Optional.of(change);
            throw new RejectedChangeException(List.of(e.getMessage()));
        } finally {
            changing.unlock();
        }
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
