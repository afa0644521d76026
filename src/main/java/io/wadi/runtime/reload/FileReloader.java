package io.wadi.runtime.reload;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.runtime.config.SettingsException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hot reload of a directory's files by a feature. As with route files, all files of the directory are loaded, or none.
 */
public final class FileReloader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileReloader.class);

    private final Loader loader;
    private final Lock changing;
    private final ReloadOutcomes outcomes;
    private final DirectoryWatch watch;
    private Path directory;

    /** Loads changed files. */
    @FunctionalInterface
    public interface Loader {
        /**
         * Replaces the running configuration.
         *
         * @param texts the contents by file name
         * @return a summary for the log; empty if nothing has changed
         * @throws SettingsException with the errors if they are rejected; the running configuration is unchanged
         */
        Optional<String> load(SortedMap<String, String> texts) throws InterruptedException;
    }

    /**
     * The files and the timing.
     *
     * @param names such as {@code *.yaml}
     * @param label a plural noun for messages, such as {@code route files}
     * @param changes the name of the meter that counts changes
     * @param refused the name of the gauge that is 1 while the files are rejected
     * @param every the interval between checks
     * @param stopWithin how long the replaced configuration may take to stop
     */
    public record Options(
            String names, String label, String changes, String refused, Duration every, Duration stopWithin) {}

    /**
     * Creates a reloader without starting it.
     *
     * @param changing the lock that is held while files are loaded
     */
    public FileReloader(Options options, Loader loader, Lock changing, MeterRegistry meters) {
        this.loader = loader;
        this.changing = changing;
        outcomes = new ReloadOutcomes(meters, options.changes(), options.refused(), options.label());
        watch = new DirectoryWatch(
                "wadi-live-" + options.label().replace(' ', '-'),
                options.names(),
                new DirectoryWatch.Options(options.every(), options.stopWithin().multipliedBy(2)),
                this::changed);
    }

    /**
     * Reads the initial files.
     *
     * @throws SettingsException if they cannot be read
     */
    public void begin(Path of) {
        directory = of;
        try {
            watch.begin(of);
        } catch (NoSuchFileException none) {
            throw new SettingsException(
                    List.of(of + ": directory not found; changes of its files could not be detected"));
        } catch (IOException e) {
            throw new SettingsException(List.of(of + " cannot be read: " + e.getMessage()));
        }
    }

    /** Starts the checks for changes, after the initial configuration has started. */
    public void start() {
        watch.start();
    }

    /** Stops the checks and waits for a running reload. */
    @Override
    public void close() throws InterruptedException {
        watch.close();
    }

    private void changed(DirectorySnapshot files) throws InterruptedException {
        long begin = System.nanoTime();
        try {
            Optional<String> summary = load(files.whole());
            if (summary.isEmpty()) {
                LOG.info("{} matches the running configuration", directory);
                outcomes.unchanged();
            } else {
                LOG.info("Reloaded {} in {} ms: {}", directory, (System.nanoTime() - begin) / 1_000_000, summary.get());
                outcomes.applied();
            }
        } catch (RejectedChangeException e) {
            reject(e.mistakes());
        } catch (SettingsException e) {
            reject(e.mistakes());
        }
    }

    private Optional<String> load(DirectorySnapshot files) throws InterruptedException {
        changing.lockInterruptibly();
        try {
            return loader.load(files.texts());
        } finally {
            changing.unlock();
        }
    }

    private void reject(List<String> mistakes) {
        LOG.warn("Rejected invalid change in {}; the running configuration is unchanged:", directory);
        mistakes.forEach(mistake -> LOG.warn("  {}", mistake));
        outcomes.refused();
    }
}
