package io.wadi.streams.parser;

import static io.wadi.runtime.config.Units.either;
import static io.wadi.runtime.config.Units.matching;

import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.YamlFields;
import io.wadi.streams.expression.ValueType;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Parsers of single values in a streams file. They throw {@link IllegalArgumentException} for an invalid value, as
 * {@link YamlFields} expects.
 */
final class FieldValues {
    static final String TOPIC = "(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}";
    static final String TOPIC_IN_WORDS = "1 to 249 letters, digits, dots, underscores and hyphens";
    private static final Duration MAX_DURATION = Duration.ofDays(366);

    private FieldValues() {}

    static Optional<String> topic(YamlFields fields) {
        return fields.required("topic", TOPIC_IN_WORDS, text -> matching(text, TOPIC));
    }

    static ValueType type(YamlFields fields, String word, ValueType fallback) {
        String allowed = Arrays.stream(ValueType.values()).map(ValueType::word).collect(Collectors.joining(", "));
        return fields.value(word, allowed, fallback, text -> Units.choice(ValueType.class, matching(text, "[a-z]+")));
    }

    static Duration duration(YamlFields fields, String word, Duration fallback, Duration min) {
        return fields.value(word, durations(min), fallback, text -> duration(text, min));
    }

    static String durations(Duration min) {
        return "a duration such as 5s, 10m or 1h, from %s to %s".formatted(Units.text(min), Units.text(MAX_DURATION));
    }

    static Duration duration(String text, Duration min) {
        return Units.inRange(Units.duration(text), min, MAX_DURATION);
    }

    static boolean flag(String text) {
        return either(text, "true", "false");
    }

    static String notBlank(String text) {
        return matching(text, "(?s).*\\S.*");
    }
}
