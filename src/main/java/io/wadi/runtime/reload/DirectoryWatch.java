package io.wadi.runtime.reload;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A periodic check of a directory's files for changes. A changed set of files is handled once two checks find the same content.
 */
final class DirectoryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

    private final String names;
    private final Options options;
    private final Handler handler;
    private final ScheduledThreadPoolExecutor timer;

    private Path directory;
    /** The files handled last, loaded or rejected. */
    private DirectorySnapshot handled;
    /** Changed files that one check has found. */
    private DirectorySnapshot candidate;

    private boolean isRead = true;

    /**
     * The timing.
     *
     * @param every the interval between checks
     * @param endWithin how long {@link #close} waits for a running handler
     */
    record Options(Duration every, Duration endWithin) {}

    /** Handles changed files, on the thread of the checks. */
    interface Handler {
        /** Called before each check, to retry earlier work. */
        default void beforeCheck() throws InterruptedException {}
        /** Loads or rejects changed files. */
        void changed(DirectorySnapshot files) throws InterruptedException;
    }

    /**
     * Creates a watch without starting it.
     *
     * @param thread the name of its thread
     * @param names such as {@code *.yaml}
     */
    DirectoryWatch(String thread, String names, Options options, Handler handler) {
        this.names = names;
        this.options = options;
        this.handler = handler;
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread created = new Thread(task, thread);
            created.setDaemon(true);
            return created;
        });
    }

    /**
     * Reads the initial files.
     *
     * @throws IOException if they cannot be read
     */
    DirectorySnapshot begin(Path of) throws IOException {
        directory = of;
        handled = DirectorySnapshot.read(of, names);
        return handled;
    }

    /** Starts the checks. */
    void start() {
        long millis = options.every().toMillis();
        timer.scheduleWithFixedDelay(this::check, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Stops the checks and waits for a running handler. */
    @Override
    public void close() throws InterruptedException {
        timer.shutdown();
        if (!timer.awaitTermination(options.endWithin().toMillis(), TimeUnit.MILLISECONDS)) {
            timer.shutdownNow();
        }
    }

    private void check() {
        try {
            handler.beforeCheck();
            DirectorySnapshot now = DirectorySnapshot.read(directory, names);
            isRead = true;
            if (now.equals(handled)) {
                candidate = null;
            } else if (now.equals(candidate)) {
                handler.changed(now);
                handled = now;
            } else {
                candidate = now;
            }
        } catch (IOException e) {
            if (isRead) {
                LOG.warn("{} cannot be read; the running configuration is unchanged: {}", directory, e.toString());
            }
            isRead = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // A timer drops a task that throws.
            LOG.error("Reload of {} is incomplete; retrying: {}", directory, e.getMessage(), e);
        }
    }
}
