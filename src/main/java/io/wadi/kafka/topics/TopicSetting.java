package io.wadi.kafka.topics;

import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A setting with its own name in {@code topics.yaml}, and its conversion to and from Kafka's setting.
 *
 * @param word the name in topics.yaml
 * @param kafka the name in Kafka
 * @param allowed a description of the allowed values
 * @param toKafka converts a declared value to Kafka's; throws {@link IllegalArgumentException} for an invalid one
 * @param toWord converts Kafka's value to the declaration's canonical form; throws {@link IllegalArgumentException} for
 *     one that Kafka would not accept
 */
record TopicSetting(
        String word, String kafka, String allowed, UnaryOperator<String> toKafka, UnaryOperator<String> toWord) {
    private static final String FOREVER = "forever";

    static final TopicSetting MIN_ISR = new TopicSetting(
            "min-isr",
            TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG,
            "a whole number from 1",
            text -> within(Long.parseLong(text)),
            value -> within(Long.parseLong(value)));

    /** All settings, in the order of the documentation. */
    static final List<TopicSetting> ALL = List.of(
            new TopicSetting(
                    "retention",
                    TopicConfig.RETENTION_MS_CONFIG,
                    "a duration such as 12h or 7d, or forever",
                    TopicSetting::milliseconds,
                    TopicSetting::duration),
            choice(
                    "cleanup",
                    TopicConfig.CLEANUP_POLICY_CONFIG,
                    Map.of("delete", "delete", "compact", "compact", "both", "compact,delete")),
            MIN_ISR,
            choice(
                    "timestamp",
                    TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
                    Map.of("create", "CreateTime", "append", "LogAppendTime")),
            new TopicSetting(
                    "max-message",
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    "a size such as 64KiB or 1MiB",
                    text -> within(Units.bytes(text)),
                    value -> Units.text(Long.parseLong(value))));

    private static TopicSetting choice(String word, String kafka, Map<String, String> values) {
        return new TopicSetting(
                word,
                kafka,
                String.join(", ", values.keySet().stream().sorted().toList()),
                text -> Optional.ofNullable(values.get(text)).orElseThrow(IllegalArgumentException::new),
                value -> wordFor(value, values));
    }

    static Optional<TopicSetting> ofKafka(String name) {
        return ALL.stream().filter(setting -> setting.kafka.equals(name)).findFirst();
    }

    /** Returns whether Kafka would accept a value of this setting; enumerated values are left to Kafka to check. */
    boolean isKafkaValue(String value) {
        try {
            return !toWord.apply(value).isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String milliseconds(String text) {
        if (text.equals(FOREVER)) {
            return "-1";
        }
        long millis = Units.duration(text).toMillis();
        if (millis < 1) {
            throw new IllegalArgumentException("below 1 ms");
        }
        return Long.toString(millis);
    }

    private static String duration(String millis) {
        return millis.equals("-1") ? FOREVER : Units.text(Duration.ofMillis(Long.parseLong(millis)));
    }

    private static String within(long number) {
        return Long.toString(Units.inRange(number, 1L, (long) Integer.MAX_VALUE));
    }

    /** Returns the declared value for Kafka's value, which is a list in any order. */
    private static String wordFor(String value, Map<String, String> values) {
        String sorted = String.join(
                ",", Arrays.stream(value.split(",")).map(String::strip).sorted().toList());
        return values.entrySet().stream()
                .filter(entry -> entry.getValue().equals(sorted))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(value);
    }
}
