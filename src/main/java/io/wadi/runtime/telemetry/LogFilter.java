package io.wadi.runtime.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import io.wadi.runtime.health.FatalErrors;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * A Logback filter with two tasks. It ends the process on fatal errors that libraries, such as Netty's event loops and
 * Kafka's producer, catch and only log. It also limits how often the same warning or error is written, so that repeated
 * failures do not fill a disk. Both are in one filter because Logback copies a list of several filters for each call,
 * even for a level that is off.
 *
 * <p>Events are the same if logger, level and message format are equal. In each interval, the first {@code lines} of
 * them are written immediately. At the end of the interval, the first suppressed event is written, with the number of
 * further events:
 *
 * <pre>{@code … goes to wadi.dead-letter: not JSON (1,234 more of these in the last 60 s)}</pre>
 *
 * <p>Events below WARN are not limited. The counts of the last interval are lost when the process ends. Thread-safe.
 */
public final class LogFilter extends TurboFilter {
    /** The maximum number of kinds per interval; events of further kinds are counted by logger and level only. */
    private static final int MAX_KINDS = 1000;

    private final Map<Kind, Count> counts = new ConcurrentHashMap<>();
    private int lines = 20;
    private int seconds = 60;
    private ScheduledFuture<?> reports;

    /** The key of equal events. {@code format} is null beyond {@link #MAX_KINDS}. */
    private record Kind(Logger logger, Level level, String format) {}

    /** The number of events of a kind in this interval, and the first suppressed one. */
    private static final class Count {
        private final AtomicLong all = new AtomicLong();
        private volatile String suppressed;
    }

    /** Sets how many events of a kind are written in each interval; 20 by default. */
    public void setLines(int lines) {
        this.lines = lines;
    }

    /** Sets the length of an interval in seconds; 60 by default. */
    public void setSeconds(int seconds) {
        this.seconds = seconds;
    }

    @Override
    public void start() {
        if (getContext() instanceof LoggerContext context) {
            reports = context.getScheduledExecutorService()
                    .scheduleAtFixedRate(this::endIntervalOnTime, seconds, seconds, TimeUnit.SECONDS);
        }
        super.start();
    }

    @Override
    public void stop() {
        if (reports != null) {
            reports.cancel(false);
        }
        super.stop();
    }

    @Override
    public FilterReply decide(
            Marker marker, Logger logger, Level level, String format, Object[] arguments, Throwable thrown) {
        if (thrown != null) {
            FatalErrors.endOn(thrown);
        } else if (arguments != null
                && arguments.length > 0
                && arguments[arguments.length - 1] instanceof Throwable last) {
            FatalErrors.endOn(last);
        }
        // Without a format the call only queries whether the level is enabled.
        if (format == null
                || !level.isGreaterOrEqual(Level.WARN)
                || !level.isGreaterOrEqual(logger.getEffectiveLevel())) {
            return FilterReply.NEUTRAL;
        }
        Kind kind = new Kind(logger, level, format);
        if (counts.size() >= MAX_KINDS && !counts.containsKey(kind)) {
            kind = new Kind(logger, level, null);
        }
        Count count = counts.computeIfAbsent(kind, any -> new Count());
        long number = count.all.incrementAndGet();
        if (number <= lines) {
            return FilterReply.NEUTRAL;
        }
        if (number == lines + 1L) {
            count.suppressed = MessageFormatter.arrayFormat(format, arguments).getMessage();
        }
        return FilterReply.DENY;
    }

    /** Ends an interval. After an exception, the executor would cancel the task: repeated events would be lost. */
    private void endIntervalOnTime() {
        try {
            endInterval();
        } catch (RuntimeException | Error e) {
            FatalErrors.endOn(e);
            addError("Failed to write the suppressed events of an interval", e);
        }
    }

    /** Writes the suppressed events of the interval and starts the next. */
    void endInterval() {
        counts.forEach((kind, count) -> {
            counts.remove(kind);
            long others = count.all.get() - lines - 1;
            if (count.suppressed != null) {
                String text = count.suppressed
                        + (others > 0
                                ? String.format(Locale.ROOT, " (%,d more of these in the last %d s)", others, seconds)
                                : "");
                kind.logger().callAppenders(new LoggingEvent(null, kind.logger(), kind.level(), text, null, null));
            }
        });
    }
}
