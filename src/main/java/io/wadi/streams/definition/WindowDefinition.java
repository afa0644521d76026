package io.wadi.streams.definition;

import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.Locale;

/**
 * A time window of an aggregation.
 *
 * @param kind the kind of window
 * @param size of the window; for sessions the inactivity gap
 * @param advance of hopping windows: the interval between their starts
 * @param grace how long after its end a window accepts late records
 * @param keep retention for queries after a window's start; after its end for sessions
 * @param isFinal whether a result is emitted once, when the window closes; else at each change
 */
public record WindowDefinition(
        Kind kind, Duration size, Duration advance, Duration grace, Duration keep, boolean isFinal) {
    public enum Kind {
        /** Consecutive, without overlap. */
        TUMBLING,
        /** Of equal size, overlapping. */
        HOPPING,
        /** Any group of a key's records that are no further apart than the size. */
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
