package io.wadi.landing.files;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/** The division of a partition's landed files by time in UTC, in the form of Hive partitions. */
public enum TimeBuckets {
    /** No division. */
    NONE("", 0),
    /** {@code date=2026-11-20}. */
    DAY("'date='uuuu-MM-dd", TimeUnit.DAYS.toMillis(1)),
    /** {@code date=2026-11-20/hour=05}. */
    HOUR("'date='uuuu-MM-dd'/hour='HH", TimeUnit.HOURS.toMillis(1));

    private final DateTimeFormatter form;
    private final long millis;

    TimeBuckets(String form, long millis) {
        this.form = DateTimeFormatter.ofPattern(form, Locale.ROOT).withZone(ZoneOffset.UTC);
        this.millis = millis;
    }

    /**
     * Returns the directory of a time in milliseconds since the epoch, relative to the partition's; empty without
     * division.
     */
    public String directory(long time) {
        return form.format(Instant.ofEpochMilli(time));
    }

    /** Returns the division to which a directory from {@link #directory} belongs. */
    public static TimeBuckets of(String directory) {
        if (directory.isEmpty()) {
            return NONE;
        }
        return directory.indexOf('/') < 0 ? DAY : HOUR;
    }

    /**
     * Returns the end of a directory's time in milliseconds since the epoch, exclusive, at most {@code Long.MAX_VALUE};
     * empty if the directory does not belong to this division.
     */
    public OptionalLong end(String directory) {
        if (this == NONE) {
            return OptionalLong.empty();
        }
        try {
            TemporalAccessor parsed = form.parse(directory);
            int hour = this == HOUR ? parsed.get(ChronoField.HOUR_OF_DAY) : 0;
            long begin = LocalDate.from(parsed)
                    .atTime(hour, 0)
                    .toInstant(ZoneOffset.UTC)
                    .toEpochMilli();
            return OptionalLong.of(begin > Long.MAX_VALUE - millis ? Long.MAX_VALUE : begin + millis);
        } catch (DateTimeException | ArithmeticException e) {
            return OptionalLong.empty();
        }
    }

    /** Returns the length of a bucket in milliseconds; 0 without division. */
    public long millis() {
        return millis;
    }

    /** Returns a number that is the same for all times in one directory. */
    public long bucket(long time) {
        return millis == 0 ? 0 : Math.floorDiv(time, millis);
    }
}
