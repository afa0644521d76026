package io.wadi.streams.parser;

import static io.wadi.runtime.config.Units.number;

import com.fasterxml.jackson.core.JsonPointer;
import io.wadi.runtime.config.YamlFields;
import io.wadi.streams.definition.Step;
import io.wadi.streams.expression.ValueType;
import java.time.Duration;
import java.util.Optional;

/** A parser of the step {@code deduplicate}. */
final class DeduplicationParser {
    private static final Duration MIN_WINDOW = Duration.ofSeconds(1);
    private static final int DEFAULT_MAX_IDS = 100_000;

    private DeduplicationParser() {}

    /**
     * Parses the step; empty after a mistake, which is recorded.
     *
     * @param line the line of the step
     */
    static Optional<Step> deduplicate(YamlFields fields, int line, StepContext context) {
        if (context.isWindowed()) {
            fields.refuse("follows a window: expected deduplicate before the window");
        }
        String by = fields.value("by", "key, or a JSON pointer such as /id", "key", DeduplicationParser::by);
        ValueType type = context.unchanged();
        if (!by.equals("key") && type != null && type != ValueType.JSON) {
            fields.refuse(
                    "by",
                    "is %s, but the values are of type %s: expected value: json in from, or a map before"
                            .formatted(by, type.word()));
        }
        Optional<Duration> within = fields.required(
                "within", FieldValues.durations(MIN_WINDOW), text -> FieldValues.duration(text, MIN_WINDOW));
        int maxIds = fields.value(
                "max-ids", "a whole number from 1 to 10000000", DEFAULT_MAX_IDS, text -> number(text, 1, 10_000_000));
        fields.end();
        JsonPointer pointer = by.equals("key") ? null : JsonPointer.compile(by);
        return within.map(window -> new Step.Deduplicate(pointer, window, maxIds, line));
    }

    private static String by(String text) {
        if (!text.equals("key")
                && (text.length() < 2 || JsonPointer.compile(text).matches())) {
            throw new IllegalArgumentException("no field");
        }
        return text;
    }
}
