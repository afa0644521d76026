package io.wadi.streams.parser;

import static io.wadi.runtime.config.Units.either;

import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.YamlFields;
import io.wadi.streams.definition.WindowDefinition;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

final class WindowParser {
    private static final Duration DEFAULT_GRACE = Duration.ofMinutes(1);
    /** The maximum number of windows of a record. Each is a change of state in the same transaction. */
    private static final int MAX_HOPPING = 10_000;

    private WindowParser() {}

    /** Parses the window of a step; null after a mistake, which is recorded. */
    static WindowDefinition window(YamlFields step) {
        Optional<YamlFields> found = step.requiredMapping("window", allowed());
        if (found.isEmpty()) {
            return null;
        }
        YamlFields fields = found.get();
        List<WindowDefinition.Kind> kinds = Arrays.stream(WindowDefinition.Kind.values())
                .filter(kind -> fields.has(word(kind)))
                .toList();
        if (kinds.size() != 1) {
            fields.refuse("%s, expected %s"
                    .formatted(
                            kinds.isEmpty()
                                    ? "has no kind"
                                    : "has the kinds "
                                            + kinds.stream()
                                                    .map(WindowParser::word)
                                                    .collect(Collectors.joining(" and ")),
                            allowed()));
        }
        WindowDefinition.Kind kind = kinds.isEmpty() ? WindowDefinition.Kind.TUMBLING : kinds.get(0);
        Duration size = FieldValues.duration(fields, word(kind), Duration.ofSeconds(1), Duration.ofMillis(1));
        Duration advance = size;
        if (kind == WindowDefinition.Kind.HOPPING) {
            advance = fields.required(
                            "advance",
                            FieldValues.durations(Duration.ofMillis(1)),
                            text -> FieldValues.duration(text, Duration.ofMillis(1)))
                    .orElse(size);
            if (advance.compareTo(size) > 0) {
                fields.refuse(
                        "advance",
                        "is %s, more than the size of %s: records between two windows would be lost"
                                .formatted(Units.text(advance), Units.text(size)));
            }
            long windows = size.dividedBy(advance);
            if (windows > MAX_HOPPING) {
                fields.refuse(
                        "advance",
                        "is %s, so that each record is in %d windows: expected at most %d"
                                .formatted(Units.text(advance), windows, MAX_HOPPING));
            }
        } else if (fields.has("advance")) {
            fields.refuse("advance", "is allowed with hopping only");
        }
        Duration grace = FieldValues.duration(fields, "grace", DEFAULT_GRACE, Duration.ZERO);
        WindowDefinition window = new WindowDefinition(
                kind,
                size,
                advance,
                grace,
                keep(fields, inUse(kind, size, grace)),
                fields.value("emit", "each or final", false, text -> either(text, "final", "each")));
        fields.end();
        return window;
    }

    private static Duration keep(YamlFields fields, Duration min) {
        Duration keep = FieldValues.duration(fields, "keep", min, Duration.ofMillis(1));
        if (keep.compareTo(min) < 0) {
            fields.refuse(
                    "keep",
                    "is %s, less than the %s for which a window accepts records"
                            .formatted(Units.text(keep), Units.text(min)));
        }
        return keep;
    }

    /**
     * Returns the time for which a window accepts records. It is twice the size for sliding windows, which end with a
     * record or begin after one.
     */
    private static Duration inUse(WindowDefinition.Kind kind, Duration size, Duration grace) {
        return size.multipliedBy(kind == WindowDefinition.Kind.SLIDING ? 2 : 1).plus(grace);
    }

    private static String allowed() {
        return Arrays.stream(WindowDefinition.Kind.values())
                .map(WindowParser::word)
                .collect(Collectors.joining(", ", "one of ", " with a duration, such as tumbling: 10m"));
    }

    private static String word(WindowDefinition.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
