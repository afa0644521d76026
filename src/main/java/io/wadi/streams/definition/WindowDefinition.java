package io.wadi.streams.definition;

import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.Locale;

/**
 * How records are put together by time.
 *
 * @param kind which windows
 * @param size how long they are; of sessions how long a pause ends one
 * @param advance of hopping ones, after what time the next begins
 * @param grace how long after its end a window takes late records
 * @param keep how long after its beginning it can be asked for, at least; of sessions after its end
 * @param isFinal whether a window's result is told once, when it takes no more; else each time it changes
 */
public record WindowDefinition(
        Kind kind, Duration size, Duration advance, Duration grace, Duration keep, boolean isFinal) {
    /** Which windows. */
    public enum Kind {
        /** One after the other, none over another. */
        TUMBLING,
        /** Of the same size, one beginning before the other ends. */
        HOPPING,
        /** All those that records of a key are in together that are no further apart than the size. */
        SLIDING,
        /** As long as no pause between records is longer than the size. */
        SESSION
    }

    /** In words. */
    public String said() {
        return "in %s windows of %s%s, grace %s, kept %s, told %s"
                .formatted(
                        kind.name().toLowerCase(Locale.ROOT),
                        Units.text(size),
                        kind == Kind.HOPPING ? " every " + Units.text(advance) : "",
                        Units.text(grace),
                        Units.text(keep),
                        isFinal ? "once" : "at each change");
    }
}
