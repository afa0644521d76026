package io.wadi.extension.worker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.wadi.kafka.Causes;
import org.apache.kafka.common.KafkaException;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/** The reasons for a worker's failures. Connect itself only logs them, with a stack trace, and ends the process. */
public final class WorkerErrors extends TurboFilter {
    private static final String CONNECT = "org.apache.kafka.connect.";
    /** The loggers of Connect's command line, which log only errors that end the process. */
    private static final String CLI = CONNECT + "cli.";

    private static final ThreadLocal<Throwable> LAST = new ThreadLocal<>();

    private WorkerErrors() {}

    /** Starts recording the errors that Connect logs. */
    static void install() {
        ((LoggerContext) LoggerFactory.getILoggerFactory()).addTurboFilter(new WorkerErrors());
    }

    /**
     * Stores an error for {@link #last}. The stack trace of an error of Kafka that ends the process is not logged: its
     * message is sufficient.
     */
    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] params, Throwable thrown) {
        if (thrown == null || level != Level.ERROR || !logger.getName().startsWith(CONNECT)) {
            return FilterReply.NEUTRAL;
        }
        LAST.set(thrown);
        return logger.getName().startsWith(CLI) && Causes.unwrap(thrown) instanceof KafkaException
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }

    /** Returns the reason for the last error that this thread has logged. */
    static String last() {
        return LAST.get() == null ? "see its log" : reason(LAST.get());
    }

    /** Returns the messages of an exception and its causes, in one line. */
    public static String reason(Throwable error) {
        StringBuilder text = new StringBuilder();
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            cause = Causes.unwrap(cause);
            if (text.indexOf(message(cause)) < 0) {
                text.append(text.isEmpty() ? "" : ": ").append(message(cause));
            }
        }
        return text.toString();
    }

    private static String message(Throwable error) {
        return error.getMessage() == null
                ? error.getClass().getSimpleName()
                : error.getMessage().strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
