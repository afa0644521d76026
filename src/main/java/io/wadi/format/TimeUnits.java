package io.wadi.format;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;

/** The units of Avro's logical types of timestamps and times. */
final class TimeUnits {
    private TimeUnits() {}

    /** Returns the unit of a timestamp since 1970, with or without a time zone; null for another type. */
    static ChronoUnit ofTimestamp(LogicalType type) {
        if (type instanceof LogicalTypes.TimestampMillis || type instanceof LogicalTypes.LocalTimestampMillis) {
            return ChronoUnit.MILLIS;
        }
        if (type instanceof LogicalTypes.TimestampMicros || type instanceof LogicalTypes.LocalTimestampMicros) {
            return ChronoUnit.MICROS;
        }
        return type instanceof LogicalTypes.TimestampNanos || type instanceof LogicalTypes.LocalTimestampNanos
                ? ChronoUnit.NANOS
                : null;
    }

    /** Returns whether a timestamp has no time zone. */
    static boolean isLocal(LogicalType timestamp) {
        return timestamp instanceof LogicalTypes.LocalTimestampMillis
                || timestamp instanceof LogicalTypes.LocalTimestampMicros
                || timestamp instanceof LogicalTypes.LocalTimestampNanos;
    }

    /**
     * Returns the time since 1970 in a unit.
     *
     * @throws ArithmeticException if it is not a long
     */
    static long since1970(Instant time, ChronoUnit unit) {
        long unitsPerSecond = Duration.ofSeconds(1).dividedBy(unit.getDuration());
        long nanosPerUnit = unit.getDuration().toNanos();
        // unit.between() overflows before 1677 and after 2262, since it counts nanoseconds.
        return Math.addExact(Math.multiplyExact(time.getEpochSecond(), unitsPerSecond), time.getNano() / nanosPerUnit);
    }

    /** Returns the unit of a time of day; null for another type. */
    static ChronoUnit ofTime(LogicalType type) {
        if (type instanceof LogicalTypes.TimeMillis) {
            return ChronoUnit.MILLIS;
        }
        return type instanceof LogicalTypes.TimeMicros ? ChronoUnit.MICROS : null;
    }

    /** Returns a unit's name in messages, such as {@code milliseconds}. */
    static String name(ChronoUnit unit) {
        return switch (unit) {
            case MILLIS -> "milliseconds";
            case MICROS -> "microseconds";
            default -> "nanoseconds";
        };
    }

    /** Returns a fraction of a second with the digits of a unit, for messages. */
    static String fraction(ChronoUnit unit) {
        return switch (unit) {
            case MILLIS -> "123";
            case MICROS -> "123456";
            default -> "123456789";
        };
    }
}
