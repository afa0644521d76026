package io.wadi.kafka.consumer;

import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** Kafka's {@code auto.offset.reset}: where to read if the committed offset is missing or out of range. */
public enum OffsetReset {
    EARLIEST,
    LATEST,
    /** The poll throws. */
    NONE;

    /**
     * Replaces the setting in a consumer's properties with {@code none}, so that polls throw for missing offsets.
     * Returns the replaced value, or Kafka's default.
     *
     * @throws IllegalArgumentException if the value is unknown
     */
    public static OffsetReset takeFrom(Properties properties) {
        Object given = properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        if (given == null) {
            return LATEST;
        }
        try {
            return valueOf(given.toString().strip().toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "Invalid value '" + given + "' for autoOffsetReset: expected earliest, latest or none", e);
        }
    }
}
