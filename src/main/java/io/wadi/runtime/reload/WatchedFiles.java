package io.wadi.runtime.reload;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.watch.Watcher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.locks.Lock;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hot reload of a directory's files. Once two checks find the same changed content, all files are loaded together. If
 * one is invalid, all are rejected and the running configuration is unchanged. Rejected files are loaded again once one
 * of them is saved.
 */
public final class WatchedFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);

    private final Options options;
    private final Loader loader;
    private final Lock changing;
    private final Counter applied;
    private final Counter refused;
    private final Watcher watcher;

    private Path directory;
    // The fields below are guarded by the lock, unless stated otherwise.
    /** The files of the last load or rejection. */
    private DirectorySnapshot handled;
    /** The files of the last successful load. */
    private DirectorySnapshot loaded;
    /** Whether the rejected files are to be loaded again, since {@link #write} has changed another one. */
    private boolean isRetryDue;
    /** The changed files that one check has found; null for none. The next check loads them if they are the same. */
    private DirectorySnapshot candidate;

    /** The errors of the last rejected files. */
    private List<String> mistakes = List.of();

    /** The reason why the last retry of a rollback failed; null for none. Used only by the thread of the checks. */
    private String rollbackFailure;

    /** The reason why the last check could not read the files; null if it read them. */
    private volatile String unread;

    private volatile boolean isRefused;

    /** Loads changed files, on the thread of the checks. */
    @FunctionalInterface
    public interface Loader {
        /**
         * Replaces the running configuration.
         *
         * @param texts the contents by file name
         * @return a summary for the log; empty if nothing has changed
         * @throws RejectedChangeException if the files are invalid; contains the errors and the state of the running
         *     configuration
         * @throws SettingsException if the files are invalid; contains the errors. The running configuration is
         *     unchanged
         */
        Optional<String> load(SortedMap<String, String> texts) throws RejectedChangeException, InterruptedException;

        /**
         * Retries a failed rollback; called before each check. The checks do not hold the lock.
         *
         * @throws RollbackFailedException if the rollback has failed again, so that no files can be loaded
         */
        default void beforeCheck() throws InterruptedException {}
    }

    /**
     * The names of the files and of the meters, and the timing.
     *
     * @param names the pattern of file names, such as {@code *.yaml}
     * @param label a plural noun for messages, such as {@code route files}
     * @param changes the name of the meter that counts changes
     * @param refused the name of the gauge that is 1 while the files are rejected or unreadable
     * @param every the interval between checks
     * @param stopWithin the timeout for stopping the replaced configuration
     */
    public record Options(
            String names, String label, String changes, String refused, Duration every, Duration stopWithin) {}

    /**
     * Creates an instance without starting its checks.
     *
     * @param changing the lock that is held while files are loaded
     */
    public WatchedFiles(Options options, Loader loader, Lock changing, MeterRegistry meters) {
        this.options = options;
        this.loader = loader;
        this.changing = changing;
        applied = counter(meters, options, "applied");
        refused = counter(meters, options, "rejected");
        Gauge.builder(options.refused(), () -> isRefused || unread != null ? 1 : 0)
                .description("1 while the " + options.label()
                        + " cannot be read, or differ from the running configuration because they were rejected")
                .register(meters);
        watcher = new Watcher("wadi-live-" + options.label().replace(' ', '-'));
    }

    private static Counter counter(MeterRegistry meters, Options options, String result) {
        return Counter.builder(options.changes())
                .description("Changes of the " + options.label() + " by result")
                .tag("result", result)
                .register(meters);
    }

    /**
     * Reads the initial files.
     *
     * @return the contents by file name
     * @throws SettingsException if the files cannot be read
     */
    public SortedMap<String, String> begin(Path of) {
        directory = of;
        try {
            handled = DirectorySnapshot.read(of, options.names());
            loaded = handled;
            return handled.texts();
        } catch (NoSuchFileException none) {
            throw invalid(of + ": directory not found, so changes of its files cannot be detected: create it");
        } catch (IOException e) {
            throw invalid(of + " cannot be read: " + e.getMessage());
        }
    }

    /** Returns the exception for initial files that are unreadable or invalid. */
    static SettingsException invalid(String mistake) {
        return new SettingsException(List.of(WadiSettings.RELOAD_ENABLED.name() + "=true: " + mistake));
    }

    /** Starts the checks for changes. Call it after the initial configuration has started. */
    public void start() {
        watcher.every(options.every(), this::check);
    }

    /** Stops the checks and waits for a running reload. */
    @Override
    public void close() throws InterruptedException {
        watcher.close(options.stopWithin().multipliedBy(2));
    }

    /**
     * Loads one changed file and then writes or deletes it; does nothing if it has this content. Other changed files
     * are loaded by the next check. If the file is invalid or cannot be written, the running configuration and the
     * directory are unchanged.
     *
     * @param text the new content; empty to delete the file
     * @throws FileAlreadyExistsException if the file has changed since it was loaded
     * @throws IOException if the file cannot be written
     * @throws RollbackFailedException if an earlier change cannot be rolled back, and nothing has changed; or if the
     *     file cannot be written and the change cannot be undone
     */
    void write(String name, Optional<String> text) throws IOException, RejectedChangeException, InterruptedException {
        changing.lockInterruptibly();
        try {
            loader.beforeCheck();
            Path file = directory.resolve(name);
            if (!Files.isWritable(directory)) {
                throw new AccessDeniedException(
                        directory.toString(), null, "the directory is not writable; permit Wadi's user to write to it");
            }
            String found = Files.exists(file) ? DirectorySnapshot.text(file) : null;
            if (!Objects.equals(found, loaded.texts().get(name))) {
                throw new FileAlreadyExistsException(
                        file.toString(), null, "it has changed and is not loaded yet; try again");
            }
            if (Objects.equals(found, text.orElse(null))) {
                return;
            }
            write(file, loaded.with(name, text, null), text);
            handled = handled.with(name, text, Files.exists(file) ? Files.getLastModifiedTime(file) : null);
            isRetryDue = isRefused;
        } finally {
            changing.unlock();
        }
    }

    private void write(Path file, DirectorySnapshot files, Optional<String> text)
            throws IOException, RejectedChangeException, InterruptedException {
        // The name does not match the pattern of the files, so that checks ignore it.
        Path unfinished = file.resolveSibling("." + file.getFileName() + ".tmp");
        try {
            if (text.isPresent()) {
                writeDurably(unfinished, text.get());
            }
            apply(files);
            try {
                if (text.isPresent()) {
                    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
                } else {
                    Files.delete(file);
                }
            } catch (IOException e) {
                undo(e);
                throw e;
            }
            loaded = files;
            flushDirectory();
        } finally {
            discard(unfinished);
        }
    }

    /** Makes the rename or deletion of a file durable. Some file systems cannot; the change is in effect anyway. */
    private void flushDirectory() {
        try {
            Utils.flushDir(directory);
        } catch (IOException e) {
            LOG.warn(
                    "{} was not synced to disk; a crash of the machine may undo its last change: {}",
                    directory,
                    e.toString());
        }
    }

    /**
     * Loads the files of the last load again, since a change cannot be written.
     *
     * @throws RollbackFailedException if these files are rejected; the next checks load the files of the directory
     */
    private void undo(IOException unwritten) throws InterruptedException {
        List<String> reasons;
        try {
            loader.load(loaded.texts());
            return;
        } catch (RejectedChangeException e) {
            reasons = e.mistakes();
        } catch (SettingsException e) {
            reasons = e.mistakes();
        }
        reject(loaded, new RejectedChangeException("the change that was not written is not undone", reasons));
        isRetryDue = true;
        throw new RollbackFailedException(
                "the change was not written (%s), and it is not undone: %s"
                        .formatted(unwritten, String.join("; ", reasons)),
                unwritten);
    }

    /** Deletes a file that is not needed; a failure does not hide an earlier one. */
    private static void discard(Path unfinished) {
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException e) {
            LOG.warn("{} was not deleted; it has no effect: {}", unfinished, e.toString());
        }
    }

    private static void writeDurably(Path file, String text) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            Utils.writeFully(channel, ByteBuffer.wrap(text.getBytes(UTF_8)));
            channel.force(true);
        }
    }

    private boolean check() throws InterruptedException {
        if (!isRolledBack()) {
            return false;
        }
        changing.lockInterruptibly();
        try {
            return checkLocked();
        } finally {
            changing.unlock();
        }
    }

    /** Retries a failed rollback and returns whether none is left. Logs each reason once, since it may recur. */
    private boolean isRolledBack() throws InterruptedException {
        try {
            loader.beforeCheck();
            rollbackFailure = null;
        } catch (RollbackFailedException e) {
            if (!e.getMessage().equals(rollbackFailure)) {
                LOG.error(
                        "The rollback failed again; retrying. Changed {} are loaded once it has succeeded, or after a restart: {}",
                        options.label(),
                        e.getMessage(),
                        e);
            }
            rollbackFailure = e.getMessage();
        }
        return rollbackFailure == null;
    }

    private boolean checkLocked() throws InterruptedException {
        try {
            DirectorySnapshot now = DirectorySnapshot.read(directory, options.names());
            unread = null;
            if (isHandled(now)) {
                candidate = null;
            } else if (candidate != null && now.texts().equals(candidate.texts())) {
                load(now);
                handled = now;
                isRetryDue = false;
            } else {
                candidate = now;
            }
        } catch (IOException e) {
            if (!e.toString().equals(unread)) {
                LOG.warn("{} cannot be read; the running configuration is unchanged: {}", directory, e.toString());
            }
            unread = e.toString();
        }
        return unread == null;
    }

    /**
     * Returns whether the files were handled before. After a rejection, saving a file again triggers another attempt
     * even with the same content, since it may be valid now.
     */
    private boolean isHandled(DirectorySnapshot now) {
        return isRefused ? now.equals(handled) && !isRetryDue : now.texts().equals(handled.texts());
    }

    private void load(DirectorySnapshot files) throws InterruptedException {
        try {
            apply(files.whole());
            loaded = files;
            isRefused = false;
        } catch (RejectedChangeException e) {
            reject(files, e);
        } catch (SettingsException e) {
            reject(files, new RejectedChangeException(e.mistakes()));
        }
    }

    private void apply(DirectorySnapshot files) throws RejectedChangeException, InterruptedException {
        long begin = System.nanoTime();
        Optional<String> summary = loader.load(files.texts());
        if (summary.isEmpty()) {
            LOG.info("{} matches the running configuration", directory);
        } else {
            LOG.info("Reloaded {} in {} ms: {}", directory, (System.nanoTime() - begin) / 1_000_000, summary.get());
            applied.increment();
        }
    }

    private void reject(DirectorySnapshot files, RejectedChangeException why) {
        boolean isKnown = isRefused && files.equals(handled) && why.mistakes().equals(mistakes);
        mistakes = why.mistakes();
        if (isKnown) {
            LOG.debug("{} is still invalid: {}", directory, mistakes); // No file was saved since.
            return;
        }
        LOG.warn("Rejected invalid change in {}; {}:", directory, why.effect());
        why.mistakes().forEach(mistake -> LOG.warn("  {}", mistake));
        isRefused = true;
        refused.increment();
    }
}
