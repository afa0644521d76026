package io.wadi.runtime.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * One property of Wadi, declared once: its name, its type and unit, its range and its default.
 *
 * @param name the property's name, {@code wadi.<capability>.<dashed-name>}
 * @param description one sentence or two for {@code application.properties} and the configuration reference
 * @param type the type in one word, for the configuration reference, which says how each is written
 * @param range the range or the choices, for the configuration reference
 * @param allowed type and range in words, for error messages
 * @param defaultText the default as it would be written in {@code application.properties}
 * @param parser turns the text into the value; throws {@link IllegalArgumentException} where it is not allowed
 * @param choices all allowed values where they are a few words, else none
 * @param <T> the value's type
 */
public record Setting<T>(
        String name,
        String description,
        String type,
        String range,
        String allowed,
        String defaultText,
        Function<String, T> parser,
        List<String> choices) {

    private static final String TEXT = "text";
    private static final String LIST = "list";

    private Setting(
            String name,
            String description,
            String type,
            String range,
            String allowed,
            String defaultText,
            Function<String, T> parser) {
        this(name, description, type, range, allowed, defaultText, parser, List.of());
    }

    /** The environment variable that wins over the property, such as {@code WADI_HTTP_PORT}. */
    public String variable() {
        return name.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
    }

    /** A text that is not blank. */
    public static Setting<String> text(String name, String defaultText, String description) {
        return new Setting<>(
                name, description, TEXT, "not empty", "a text that is not empty", defaultText, Setting::notBlank);
    }

    /** A text that may be empty, where {@code meaning} says what that means. */
    public static Setting<String> optional(String name, String meaning, String description) {
        return new Setting<>(
                name,
                description,
                TEXT,
                "empty for " + meaning,
                "a text, or nothing for " + meaning,
                "",
                String::strip);
    }

    /** A text that a regular expression matches as a whole. */
    public static Setting<String> matching(
            String name, String defaultText, String expression, String allowed, String description) {
        return new Setting<>(
                name, description, TEXT, allowed, allowed, defaultText, text -> requireMatch(text.strip(), expression));
    }

    /** A list of texts, separated by commas; white space around them is dropped; at least one. */
    public static Setting<List<String>> list(String name, String defaultText, String description) {
        return new Setting<>(
                name,
                description,
                LIST,
                "one or more",
                "one or more texts, separated by commas",
                defaultText,
                Setting::parseList);
    }

    /** One of several texts. */
    public static Setting<String> choice(String name, String defaultText, List<String> choices, String description) {
        int last = choices.size() - 1;
        String allowed = String.join(", ", choices.subList(0, last)) + " or " + choices.get(last);
        return new Setting<>(
                name, description, "choice", allowed, allowed, defaultText, text -> chosen(text, choices), choices);
    }

    /** Several of a few texts, separated by commas, in the order given; at least one, none twice. */
    public static Setting<List<String>> some(
            String name, String defaultText, List<String> choices, String description) {
        return new Setting<>(
                name,
                description,
                LIST,
                "one or more of " + String.join(", ", choices),
                "one or more of " + String.join(", ", choices),
                defaultText,
                text -> parseSome(text, choices),
                choices);
    }

    /** {@code true} or {@code false}. */
    public static Setting<Boolean> flag(String name, String defaultText, String description) {
        return new Setting<>(
                name, description, "flag", "true or false", "true or false", defaultText, Setting::parseFlag);
    }

    /** A whole number from {@code least} to {@code most}, both included. */
    public static Setting<Long> number(String name, String defaultText, long least, long most, String description) {
        return new Setting<>(
                name,
                description,
                "integer",
                least + " to " + most,
                "a whole number from " + least + " to " + most,
                defaultText,
                text -> inRange(Long.parseLong(text), least, most));
    }

    /** A decimal number from {@code least} to {@code most}, both included. */
    public static Setting<Double> decimal(
            String name, String defaultText, double least, double most, String description) {
        return new Setting<>(
                name,
                description,
                "number",
                least + " to " + most,
                "a number from " + least + " to " + most,
                defaultText,
                text -> inRange(Double.parseDouble(text), least, most));
    }

    /** A size such as {@code 512KiB} or {@code 128MiB}, in bytes, between the two given in the same form. */
    public static Setting<Long> size(String name, String defaultText, String least, String most, String description) {
        return new Setting<>(
                name,
                description,
                "size",
                least + " to " + most,
                "a size such as 64KiB or 128MiB, from " + least + " to " + most,
                defaultText,
                text -> inRange(Units.bytes(text), Units.bytes(least), Units.bytes(most)));
    }

    /** A duration such as {@code 500ms}, {@code 5s}, {@code 10m} or {@code 1h}, between the two given in the same form. */
    public static Setting<Duration> duration(
            String name, String defaultText, String least, String most, String description) {
        return new Setting<>(
                name,
                description,
                "duration",
                least + " to " + most,
                "a duration such as 500ms, 5s, 10m or 1h, from " + least + " to " + most,
                defaultText,
                text -> inRange(Units.duration(text), Units.duration(least), Units.duration(most)));
    }

    private static <C extends Comparable<C>> C inRange(C value, C least, C most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("out of range");
        }
        return value;
    }

    private static String notBlank(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("empty");
        }
        return text.strip();
    }

    private static String requireMatch(String text, String expression) {
        if (!text.matches(expression)) {
            throw new IllegalArgumentException("not of this form");
        }
        return text;
    }

    private static List<String> parseList(String text) {
        List<String> items = Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
        if (items.isEmpty()) {
            throw new IllegalArgumentException("empty");
        }
        return items;
    }

    private static String chosen(String text, List<String> choices) {
        if (!choices.contains(text)) {
            throw new IllegalArgumentException("none of the choices");
        }
        return text;
    }

    private static List<String> parseSome(String text, List<String> choices) {
        List<String> items = parseList(text);
        if (!choices.containsAll(items) || Set.copyOf(items).size() < items.size()) {
            throw new IllegalArgumentException("not of the choices, or twice");
        }
        return items;
    }

    private static Boolean parseFlag(String text) {
        return switch (text.strip()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither true nor false");
        };
    }
}
