package io.wadi.runtime.watch;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value that is parsed from a file or a server's response, and parsed again when that changes. If the new content is
 * invalid, the previous value stays in effect and the reason is logged once. Reading the value is thread-safe and takes
 * no lock.
 *
 * @param <T> the type of the value
 */
public final class WatchedValue<T> implements Watcher.Check {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedValue.class);

    private final String name;
    private final Source source;
    private final Function<byte[], T> parser;
    /** Whether changed content is used only once two consecutive checks have read it. */
    private final boolean isConfirmed;

    private Consumer<T> listener = value -> {};
    private volatile T current;
    /** The content of the last read; null before the first. This field and the fields below are guarded by this. */
    private byte[] content;
    /** The changed content that only the last check has read; null for none. */
    private byte[] unconfirmed;

    private boolean isRead = true;
    /** Whether the current value was parsed from content, instead of being the default. */
    private boolean isParsed;

    public interface Source {
        /** Reads the whole content. May block; never called on an event loop. */
        byte[] read() throws IOException, InterruptedException;
    }

    private WatchedValue(
            String name, Source source, Function<byte[], T> parser, T current, byte[] content, boolean isConfirmed) {
        this.name = name;
        this.source = source;
        this.parser = parser;
        this.current = current;
        this.content = content;
        this.isParsed = content != null;
        this.isConfirmed = isConfirmed;
    }

    /**
     * Reads and parses the content now.
     *
     * @param name the name of the value, for the log
     * @param parser throws {@link IllegalArgumentException} with the reason if the content is invalid
     * @throws IllegalArgumentException if the content cannot be read or is invalid; the message contains the reason
     */
    public static <T> WatchedValue<T> of(String name, Source source, Function<byte[], T> parser) {
        return read(name, source, parser, false);
    }

    /**
     * Like {@link #of}, but a change takes effect only once two consecutive checks have read the same content. For
     * files of which a part may be valid: one check may read a partly written file.
     */
    public static <T> WatchedValue<T> confirmed(String name, Source source, Function<byte[], T> parser) {
        return read(name, source, parser, true);
    }

    private static <T> WatchedValue<T> read(
            String name, Source source, Function<byte[], T> parser, boolean isConfirmed) {
        try {
            byte[] content = source.read();
            return new WatchedValue<>(name, source, parser, parser.apply(content), content, isConfirmed);
        } catch (IOException e) {
            throw new IllegalArgumentException(name + " cannot be read: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalArgumentException(name + " was not read", e);
        }
    }

    /** Starts with a default until the content is read for the first time, since the source may be unavailable now. */
    public static <T> WatchedValue<T> startingWith(T first, String name, Source source, Function<byte[], T> parser) {
        return new WatchedValue<>(name, source, parser, first, null, false);
    }

    public T get() {
        return current;
    }

    /** Calls {@code listener} with the current value now, and with each later value on the thread of the checks. */
    public synchronized void follow(Consumer<T> listener) {
        this.listener = listener;
        listener.accept(current);
    }

    /**
     * Reads the content and, if it has changed and is valid, replaces the value.
     *
     * @return whether the content could be read, and another check need not confirm it
     */
    @Override
    public synchronized boolean check() throws InterruptedException {
        try {
            byte[] now = source.read();
            isRead = true;
            if (isUnconfirmed(now)) {
                return false;
            }
            if (!Arrays.equals(now, content)) {
                content = now;
                current = parser.apply(now);
                LOG.info("{} {} and is in effect", name, isParsed ? "has changed" : "has been read");
                isParsed = true;
                listener.accept(current);
            }
        } catch (IOException e) {
            if (isRead) {
                LOG.warn("{} cannot be read, {}: {}", name, inEffect(), e.toString());
            }
            isRead = false;
        } catch (IllegalArgumentException e) {
            LOG.warn("{} has changed and is invalid, {}: {}", name, inEffect(), e.getMessage());
        }
        return isRead;
    }

    /** Returns whether the content has changed since the last check and another check is to confirm it. */
    private boolean isUnconfirmed(byte[] now) {
        byte[] before = unconfirmed;
        unconfirmed = Arrays.equals(now, content) ? null : now;
        return isConfirmed && unconfirmed != null && !Arrays.equals(now, before);
    }

    private String inEffect() {
        return isParsed ? "the previous content stays in effect" : "no content was read yet";
    }
}
