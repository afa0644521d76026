package io.wadi.kafka.consumer;

import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/** Where a consumer reads that has no committed offset, or one that Kafka has no more: Kafka's {@code auto.offset.reset}. */
public enum OffsetReset {
    /** At the first record that Kafka has. */
    EARLIEST,
    /** After the last. */
    LATEST,
    /** It does not read: the poll throws. */
    NONE;

    /**
     * Takes the setting out of a consumer's properties: the consumer is to say what is missing before it resets.
     *
     * @throws IllegalArgumentException where the setting is none of Kafka's
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
                    "autoOffsetReset: found \"" + given + "\", allowed: earliest, latest, none", e);
        }
    }
}
