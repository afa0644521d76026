package io.wadi.streams.definition;

import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.Locale;

/**
 * A time window of an aggregation.
 *
 * @param kind the kind of window
 * @param size the size of the window; for sessions, the inactivity gap
 * @param advance for hopping windows, the interval between their starts
 * @param grace the time after the end of a window in which it accepts late records
 * @param keep the retention for queries, after the start of a window; for sessions, after the end
 * @param isFinal whether a result is emitted once, when the window closes, or at each change
 */
public record WindowDefinition(
        Kind kind, Duration size, Duration advance, Duration grace, Duration keep, boolean isFinal) {
    public enum Kind {
        /** Consecutive, without overlap. */
        TUMBLING,
        /** Of equal size, overlapping. */
        HOPPING,
        /** Each group of a key's records with timestamps that differ by at most the size. */
        SLIDING,
        /** Separated by gaps between records longer than the size. */
        SESSION
    }

    /** Returns a description that identifies compatible state. */
    public String description() {
        return "in %s windows of %s%s, grace %s, kept %s, emitted %s"
                .formatted(
                        kind.name().toLowerCase(Locale.ROOT),
                        Units.text(size),
                        kind == Kind.HOPPING ? " every " + Units.text(advance) : "",
                        Units.text(grace),
                        Units.text(keep),
                        isFinal ? "once" : "at each change");
    }
}
