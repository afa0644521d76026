package io.wadi.runtime.reload;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.health.MissingRoutes;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.locks.Lock;
import java.util.function.Supplier;
import org.apache.camel.model.ModelCamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hot reload of route files. Changed routes are first tried out. If they are valid, they replace the running routes;
 * otherwise the change is rejected with file, line and reason, and the previous routes keep running. Incoming requests
 * are held during the replacement, and records in flight are completed as in a shutdown. Unchanged routes keep running.
 */
public final class RouteReloader implements AutoCloseable, MissingRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(RouteReloader.class);

    private final ModelCamelContext context;
    private final Supplier<RouteHold> requests;
    private final RouteReplacement replacement;
    private final WatchedFiles files;
    private final Lock changing;

    private volatile RouteFileEntries running;
    /** The change with a failed rollback, which is retried. */
    private volatile Optional<RouteChange> failedRollback = Optional.empty();

    /**
     * Creates a reloader without starting it.
     *
     * @param changing the lock that is held while routes are replaced
     * @param every the interval between checks
     * @param stopWithin the timeout for stopping a route
     */
    public RouteReloader(
            ModelCamelContext context,
            Supplier<RouteHold> requests,
            Supplier<RouteTargetState> target,
            Lock changing,
            Duration every,
            Duration stopWithin,
            MeterRegistry meters) {
        this.context = context;
        this.requests = requests;
        this.replacement = new RouteReplacement(context, requests, target, stopWithin);
        this.changing = changing;
        files = new WatchedFiles(
                new WatchedFiles.Options(
                        DirectorySnapshot.ROUTES,
                        "route files",
                        "wadi.routes.changes",
                        "wadi.routes.rejected",
                        every,
                        stopWithin),
                new Routes(),
                changing,
                meters);
    }

    /**
     * Reads the initial route files.
     *
     * @throws SettingsException if the files cannot be read or are invalid
     */
    public void begin(Path directory) {
        try {
            running = RouteFileEntries.of(new DirectorySnapshot(files.begin(directory)).whole());
        } catch (RejectedChangeException e) {
            throw WatchedFiles.invalid(e.getMessage());
        }
    }

    /** Returns the contents of the loaded route files by file name. */
    public Map<String, String> texts() {
        return running.texts();
    }

    /**
     * Replaces the routes of one file, and then writes or deletes it; see {@link WatchedFiles#write}. If the routes do
     * not start, the previous ones keep running, and the file is unchanged.
     *
     * @param file the file's name, which ends with {@code .camel.yaml}
     * @param text the new content; empty to delete the file
     * @throws RejectedChangeException if the file is invalid or a route does not start
     * @throws FileAlreadyExistsException if the file has changed since it was loaded
     * @throws IOException if the file cannot be written
     * @throws RollbackFailedException if this or an earlier change cannot be rolled back
     */
    public void write(String file, Optional<String> text)
            throws IOException, RejectedChangeException, InterruptedException {
        files.write(file, text);
    }

    @Override
    public Collection<String> missingRoutes() {
        return failedRollback.map(RouteChange::removedRoutes).orElse(List.of()).stream()
                .map(RouteFileEntry::id)
                .filter(id -> context.getRoute(id) == null)
                .toList();
    }

    /** Starts the checks for changes. Call it after the routes have started. */
    public void start() {
        files.start();
    }

    /** Stops the checks and waits for a running reload. */
    @Override
    public void close() throws InterruptedException {
        files.close();
    }

    private final class Routes implements WatchedFiles.Loader {
        @Override
        public Optional<String> load(SortedMap<String, String> texts)
                throws RejectedChangeException, InterruptedException {
            RouteFileEntries entries = RouteFileEntries.of(new DirectorySnapshot(texts));
            RouteChange change =
                    RouteChange.between(running, entries, Set.of(requests.get().sendStep()));
            if (!change.isEmpty()) {
                apply(change);
            }
            running = entries;
            return change.isEmpty() ? Optional.empty() : Optional.of(change.summary());
        }

        private void apply(RouteChange change) throws RejectedChangeException, InterruptedException {
            try {
                replacement.apply(change);
            } catch (RollbackFailedException e) {
                LOG.error("Rollback failed and some routes do not run; retrying: {}", e.getMessage(), e);
                failedRollback = Optional.of(change);
                throw new RejectedChangeException("some routes do not run", List.of(e.getMessage()));
            }
        }

        @Override
        public void beforeCheck() throws InterruptedException {
            changing.lockInterruptibly();
            try {
                if (failedRollback.isPresent()) {
                    replacement.rollBack(failedRollback.get());
                    failedRollback = Optional.empty();
                    LOG.info("Rollback completed; the previous routes run again");
                }
            } finally {
                changing.unlock();
            }
        }
    }
}
