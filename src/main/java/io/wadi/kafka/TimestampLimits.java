package io.wadi.kafka;

import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.common.record.TimestampType;

/**
 * Limits for the timestamps of a topic's records. Kafka rejects the whole batch of a record beyond its limits, so they
 * are checked before a record is sent.
 *
 * @param maxAgeMs the maximum age in milliseconds; {@link Long#MAX_VALUE} for any
 * @param maxAheadMs the maximum time ahead of the clock in milliseconds; {@link Long#MAX_VALUE} for any
 */
public record TimestampLimits(long maxAgeMs, long maxAheadMs) {
    public static final TimestampLimits NONE = new TimestampLimits(Long.MAX_VALUE, Long.MAX_VALUE);

    private static final Duration MARGIN = Duration.ofMinutes(5);

    /**
     * Returns the limits of a topic from its configuration, as Kafka reports it.
     *
     * @param type the {@code message.timestamp.type}
     * @param beforeMs the {@code message.timestamp.before.max.ms}
     * @param afterMs the {@code message.timestamp.after.max.ms}
     */
    public static TimestampLimits of(String type, String beforeMs, String afterMs) {
        return TimestampType.LOG_APPEND_TIME.name.equals(type)
                ? NONE
                : new TimestampLimits(withMargin(Long.parseLong(beforeMs)), withMargin(Long.parseLong(afterMs)));
    }

    /** Returns a lower limit, because Kafka compares a timestamp later, and with its own clock. */
    public static long withMargin(long limitMs) {
        return limitMs == Long.MAX_VALUE ? limitMs : limitMs - Math.min(limitMs / 10, MARGIN.toMillis());
    }

    /** Returns why a timestamp is beyond the limits; empty if it is not. Both times are milliseconds since 1970. */
    public Optional<String> mistake(long timestampMs, long nowMs) {
        if (timestampMs - nowMs > maxAheadMs) {
            return Optional.of("timestamp %d is more than %s ahead of the server's clock"
                    .formatted(timestampMs, text(maxAheadMs)));
        }
        return timestampMs < nowMs - maxAgeMs
                ? Optional.of("timestamp %d is more than %s old".formatted(timestampMs, text(maxAgeMs)))
                : Optional.empty();
    }

    private static String text(long limitMs) {
        return Units.text(Duration.ofMillis(limitMs));
    }
}
