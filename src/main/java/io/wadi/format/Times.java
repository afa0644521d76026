package io.wadi.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;

/** A parser of ISO 8601 times. */
public final class Times {
    private Times() {}

    /**
     * Parses a time, in UTC unless the text has another offset.
     *
     * @throws IllegalArgumentException if it is not a time
     */
    public static Instant of(String text) {
        try {
            TemporalAccessor time = DateTimeFormatter.ISO_DATE_TIME.parseBest(
                    text.replaceFirst("^(\\d{4}-\\d\\d-\\d\\d) ", "$1T"), OffsetDateTime::from, LocalDateTime::from);
            return time instanceof OffsetDateTime offset
                    ? offset.toInstant()
                    : ((LocalDateTime) time).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "\"%s\" is not a time, expected one such as 2026-11-22T07:00:00.123Z".formatted(text), e);
        }
    }
}
