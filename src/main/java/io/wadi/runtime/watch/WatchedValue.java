package io.wadi.runtime.watch;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is made of a file, or of what a server says, and is made anew when that changes. Where the new content cannot be used,
 * what was made before stays in force, and the log says why, once. Reading it is for any thread, and costs nothing.
 *
 * @param <T> what is made of it
 */
public final class WatchedValue<T> {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedValue.class);

    private final String name;
    private final Source source;
    private final Parser<T> parser;
    private Consumer<T> listener = made -> {};
    private volatile T current;
    /** What was read last; guarded by this, as what follows. */
    private byte[] content;

    private boolean isRead = true;
    /** Whether what holds was made of the content. */
    private boolean isKnown;

    /** Where the content is. */
    public interface Source {
        /** Reads all of it. May take its time: it is not called on an event loop. */
        byte[] read() throws IOException, InterruptedException;
    }

    /**
     * Makes something of the content.
     *
     * @param <T> what it makes
     */
    public interface Parser<T> {
        /**
         * Makes it.
         *
         * @throws IllegalArgumentException where the content cannot be used: it says why
         */
        T parse(byte[] content);
    }

    private WatchedValue(String name, Source source, Parser<T> parser, T current, byte[] content) {
        this.name = name;
        this.source = source;
        this.parser = parser;
        this.current = current;
        this.content = content;
        this.isKnown = content != null;
    }

    /**
     * Begins with what is there now.
     *
     * @param name what it is, for the log
     * @throws IllegalArgumentException where it cannot be read or used now: it says why
     */
    public static <T> WatchedValue<T> of(String name, Source source, Parser<T> parser) {
        try {
            byte[] content = source.read();
            return new WatchedValue<>(name, source, parser, parser.parse(content), content);
        } catch (IOException e) {
            throw new IllegalArgumentException(name + " cannot be read: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalArgumentException(name + " was not read", e);
        }
    }

    /** Begins with something else, until the content is read for the first time: it may be away now. */
    public static <T> WatchedValue<T> beginningWith(T first, String name, Source source, Parser<T> parser) {
        return new WatchedValue<>(name, source, parser, first, null);
    }

    /** What holds now. */
    public T get() {
        return current;
    }

    /** Has {@code listener} called with what holds now, and on the checking thread with all that comes after it. */
    public synchronized void follow(Consumer<T> listener) {
        this.listener = listener;
        listener.accept(current);
    }

    /**
     * Looks whether the content has changed, and takes it over if it can be used.
     *
     * @return whether it could be read
     */
    public synchronized boolean check() throws InterruptedException {
        try {
            byte[] now = source.read();
            isRead = true;
            if (!Arrays.equals(now, content)) {
                content = now;
                current = parser.parse(now);
                LOG.info("{} {} and holds from now on", name, isKnown ? "has changed" : "has been read");
                isKnown = true;
                listener.accept(current);
            }
        } catch (IOException e) {
            if (isRead) {
                LOG.warn("{} cannot be read, {}: {}", name, holding(), e.toString());
            }
            isRead = false;
        } catch (IllegalArgumentException e) {
            LOG.warn("{} has changed and cannot be used, {}: {}", name, holding(), e.getMessage());
        }
        return isRead;
    }

    private String holding() {
        return isKnown ? "what was read before holds on" : "nothing of it is known yet";
    }
}
