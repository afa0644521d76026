package io.wadi.runtime.reload;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the files of a directory again and again. Those that differ from what was decided on last are handed over once they are
 * the same at two looks.
 */
final class DirectoryWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);

    private final String names;
    private final Options options;
    private final Decision decision;
    private final ScheduledThreadPoolExecutor timer;

    private Path directory;
    /** What was decided on last, taken over or refused. */
    private DirectorySnapshot settled;
    /** What was seen once. */
    private DirectorySnapshot candidate;

    private boolean isRead = true;

    /**
     * How it works.
     *
     * @param every how often it looks
     * @param endWithin how long a decision is waited for at the end
     */
    record Options(Duration every, Duration endWithin) {}

    /** What is done about files, on the thread that looks. */
    interface Decision {
        /** Something is left to be done since the last time, whatever the files say; called before each look. */
        void owed() throws InterruptedException;

        /** They are other than those before. */
        void on(DirectorySnapshot now) throws InterruptedException;
    }

    /**
     * Begins nothing yet.
     *
     * @param thread its thread's name
     * @param names such as {@code *.yaml}
     */
    DirectoryWatch(String thread, String names, Options options, Decision decision) {
        this.names = names;
        this.options = options;
        this.decision = decision;
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, thread);
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Reads the files as they are before any change.
     *
     * @throws IOException where they cannot be read
     */
    DirectorySnapshot begin(Path of) throws IOException {
        directory = of;
        settled = DirectorySnapshot.read(of, names);
        return settled;
    }

    /** Looks for changes from now on. */
    void start() {
        long millis = options.every().toMillis();
        timer.scheduleWithFixedDelay(this::look, millis, millis, TimeUnit.MILLISECONDS);
    }

    /** Returns when nothing is being decided, and nothing will be any more. */
    @Override
    public void close() throws InterruptedException {
        timer.shutdown();
        if (!timer.awaitTermination(options.endWithin().toMillis(), TimeUnit.MILLISECONDS)) {
            timer.shutdownNow();
        }
    }

    private void look() {
        try {
            decision.owed();
            DirectorySnapshot now = DirectorySnapshot.read(directory, names);
            isRead = true;
            if (now.equals(settled)) {
                candidate = null;
            } else if (now.equals(candidate)) {
                decision.on(now);
                settled = now;
            } else {
                candidate = now;
            }
        } catch (IOException e) {
            if (isRead) {
                LOG.warn("{} cannot be read, what runs goes on: {}", directory, e.toString());
            }
            isRead = false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // A timer drops a task that throws.
            LOG.error("What {} says does not run as a whole, and is tried again: {}", directory, e.getMessage(), e);
        }
    }
}
