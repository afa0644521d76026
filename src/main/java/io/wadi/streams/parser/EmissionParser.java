package io.wadi.streams.parser;

import static io.wadi.runtime.config.Units.either;
import static io.wadi.runtime.config.Units.number;

import io.wadi.runtime.config.YamlFields;
import io.wadi.streams.definition.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;

/** A parser of the step {@code every}. */
final class EmissionParser {
    private static final Duration MIN_INTERVAL = Duration.ofMillis(100);
    private static final int DEFAULT_MAX_KEYS = 100_000;
    private static final String WALL_CLOCK = "wall-clock";
    private static final List<String> CLOCKS = List.of(WALL_CLOCK, "stream-time");

    private EmissionParser() {}

    /**
     * Parses the step; empty after a mistake, which is recorded.
     *
     * @param line the line of the step
     */
    static Optional<Step> every(YamlFields fields, int line, boolean isWindowed) {
        List<String> clocks = CLOCKS.stream().filter(fields::has).toList();
        if (clocks.size() != 1) {
            fields.refuse("has %s, expected one of %s with a duration, such as wall-clock: 10s"
                    .formatted(
                            clocks.isEmpty() ? "no clock" : "the clocks " + String.join(" and ", clocks),
                            String.join(", ", CLOCKS)));
        }
        String clock = clocks.isEmpty() ? WALL_CLOCK : clocks.get(0);
        Duration interval = FieldValues.duration(fields, clock, MIN_INTERVAL, MIN_INTERVAL);
        boolean isAll = fields.value("emit", "changes or all", false, text -> either(text, "all", "changes"));
        if (isAll && isWindowed) {
            fields.refuse("emit", "is all, but windows that have ended would be emitted forever: expected changes");
        }
        int maxKeys = fields.value(
                "max-keys", "a whole number from 1 to 1000000", DEFAULT_MAX_KEYS, text -> number(text, 1, 1_000_000));
        fields.end();
        PunctuationType time = clock.equals(WALL_CLOCK) ? PunctuationType.WALL_CLOCK_TIME : PunctuationType.STREAM_TIME;
        return Optional.of(new Step.Every(interval, time, isAll, maxKeys, line));
    }
}
