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
 * Hands over files that are saved while what they say runs, to be taken over or refused. As with route files, all of the directory
 * hold together or not at all.
 */
public final class LiveFiles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LiveFiles.class);

    private final Taker taker;
    private final Lock changing;
    private final ReloadOutcomes outcomes;
    private final DirectoryWatch watch;
    private Path directory;

    /** Takes files over. */
    @FunctionalInterface
    public interface Taker {
        /**
         * Has what they say run, in place of what ran.
         *
         * @param texts what stands in each, by its name
         * @return what was done, for people; nothing where they say what runs already
         * @throws SettingsException with the reasons, where they are refused: what ran goes on
         */
        Optional<String> take(SortedMap<String, String> texts) throws InterruptedException;
    }

    /**
     * Which files, and how.
     *
     * @param names such as {@code *.yaml}
     * @param words what they are, for people, such as {@code route files}
     * @param changes the meter that counts their changes
     * @param refused the meter that says whether they are refused now
     * @param every how often it looks
     * @param stopWithin how long what ran may take to stop
     */
    public record Options(
            String names, String words, String changes, String refused, Duration every, Duration stopWithin) {}

    /**
     * Begins nothing yet.
     *
     * @param changing is held while files are taken over, so that nobody else starts or stops what they say
     */
    public LiveFiles(Options options, Taker taker, Lock changing, MeterRegistry meters) {
        this.taker = taker;
        this.changing = changing;
        outcomes = new ReloadOutcomes(meters, options.changes(), options.refused(), options.words());
        watch = new DirectoryWatch(
                "wadi-live-" + options.words().replace(' ', '-'),
                options.names(),
                new DirectoryWatch.Options(options.every(), options.stopWithin().multipliedBy(2)),
                new DirectoryWatch.Decision() {
                    @Override
                    public void owed() {
                        // what is refused is put back by who has taken it
                    }

                    @Override
                    public void on(DirectorySnapshot now) throws InterruptedException {
                        decide(now);
                    }
                });
    }

    /**
     * Reads the files that are about to run.
     *
     * @throws SettingsException where they cannot be read
     */
    public void begin(Path of) {
        directory = of;
        try {
            watch.begin(of);
        } catch (NoSuchFileException none) {
            throw new SettingsException(List.of(of + " is not there: files that are saved there would not be seen"));
        } catch (IOException e) {
            throw new SettingsException(List.of(of + " cannot be read: " + e.getMessage()));
        }
    }

    /** Looks for changes from now on. Once what the files say has started. */
    public void start() {
        watch.start();
    }

    /** Returns when nothing is being taken over, and nothing will be any more. */
    @Override
    public void close() throws InterruptedException {
        watch.close();
    }

    private void decide(DirectorySnapshot now) throws InterruptedException {
        long begin = System.nanoTime();
        try {
            Optional<String> done = take(now.whole());
            if (done.isEmpty()) {
                LOG.info("{} says what runs already", directory);
                outcomes.same();
            } else {
                LOG.info(
                        "{} has changed and is in force after {} ms: {}",
                        directory,
                        (System.nanoTime() - begin) / 1_000_000,
                        done.get());
                outcomes.applied();
            }
        } catch (RejectedChangeException e) {
            refuse(e.mistakes());
        } catch (SettingsException e) {
            refuse(e.mistakes());
        }
    }

    private Optional<String> take(DirectorySnapshot now) throws InterruptedException {
        changing.lockInterruptibly();
        try {
            return taker.take(now.texts());
        } finally {
            changing.unlock();
        }
    }

    private void refuse(List<String> mistakes) {
        LOG.warn("{} has changed and is refused, what ran before goes on:", directory);
        mistakes.forEach(mistake -> LOG.warn("  {}", mistake));
        outcomes.refused();
    }
}
