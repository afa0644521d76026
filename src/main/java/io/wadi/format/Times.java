package io.wadi.format;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;

/** Times as texts of ISO-8601. */
public final class Times {
    private Times() {}

    /**
     * The moment that a text says, in UTC where it does not say another.
     *
     * @throws IllegalArgumentException where it is no time
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
                    "\"%s\" is no time, allowed is such as 2026-11-22T07:00:00.123Z".formatted(text), e);
        }
    }
}
