package io.wadi.runtime.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Marker;
import org.slf4j.helpers.MessageFormatter;

/**
 * A filter of Logback that bounds how often the same warning or error is written, so that input which fails a million times does
 * not fill a disk. Lines are the same where logger, level and the text before its arguments are put in are the same. Of those the
 * first {@code lines} of each interval are written at once; at its end the first that was left out, with the number of the others:
 *
 * <pre>{@code … goes to wadi.dead-letter: not JSON (1,234 more of these in the last 60 s)}</pre>
 *
 * <p>Lines below WARN are not touched. The counts of the last interval are lost where the process ends. Thread-safe.
 */
public final class LogRateLimit extends TurboFilter {
    /** More kinds of lines in one interval than this are counted by logger and level alone. */
    private static final int MAX_KINDS = 1000;

    private final Map<Kind, Count> counts = new ConcurrentHashMap<>();
    private int lines = 20;
    private int seconds = 60;
    private ScheduledFuture<?> reports;

    /** What makes lines the same. {@code format} is null for all lines beyond the number of kinds. */
    private record Kind(Logger logger, Level level, String format) {}

    /** How many lines of a kind there were in this interval, and the first of those that were left out. */
    private static final class Count {
        private final AtomicLong all = new AtomicLong();
        private volatile String leftOut;
    }

    /** How many lines of a kind are written at once in each interval; 20 by default. */
    public void setLines(int lines) {
        this.lines = lines;
    }

    /** The length of an interval in seconds; 60 by default. */
    public void setSeconds(int seconds) {
        this.seconds = seconds;
    }

    @Override
    public void start() {
        if (getContext() instanceof LoggerContext context) {
            reports = context.getScheduledExecutorService()
                    .scheduleAtFixedRate(this::endInterval, seconds, seconds, TimeUnit.SECONDS);
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
        // Without a text it is asked whether the level is enabled.
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
            count.leftOut = MessageFormatter.arrayFormat(format, arguments).getMessage();
        }
        return FilterReply.DENY;
    }

    /** Writes what was left out in the interval that ends, and begins the next. */
    void endInterval() {
        counts.forEach((kind, count) -> {
            counts.remove(kind);
            long others = count.all.get() - lines - 1;
            if (count.leftOut != null) {
                String text = count.leftOut
                        + (others > 0
                                ? String.format(Locale.ROOT, " (%,d more of these in the last %d s)", others, seconds)
                                : "");
                kind.logger().callAppenders(new LoggingEvent(null, kind.logger(), kind.level(), text, null, null));
            }
        });
    }
}
