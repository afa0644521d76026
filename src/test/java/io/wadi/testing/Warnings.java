package io.wadi.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;

/** The messages of a logger at one level, {@code WARN} by default, until this is closed. */
public final class Warnings implements AutoCloseable {
    private final ConcurrentLinkedQueue<String> messages = new ConcurrentLinkedQueue<>();
    private final Logger logger;
    private final Level level;
    private final ListAppender<ILoggingEvent> appender = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel() == level) {
                messages.add(event.getFormattedMessage());
            }
        }
    };

    /** Collects the warnings of the logger with this name. */
    public Warnings(String name) {
        this(name, Level.WARN);
    }

    /** Collects the messages of the logger with this name at one level. */
    public Warnings(String name, Level level) {
        this.level = level;
        logger = (Logger) LoggerFactory.getLogger(name);
        appender.start();
        logger.addAppender(appender);
    }

    /** Returns all messages that have not been taken. */
    public List<String> lines() {
        return List.copyOf(messages);
    }

    /** Returns and removes the messages that have not been taken. */
    public List<String> take() {
        return Stream.generate(messages::poll).takeWhile(line -> line != null).toList();
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
    }
}
