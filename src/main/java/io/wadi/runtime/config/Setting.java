package io.wadi.runtime.config;

import static io.wadi.runtime.config.Units.inRange;

import java.lang.reflect.Field;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * The declaration of one property: name, type, unit, range and default.
 *
 * @param name the property's name, {@code wadi.<capability>.<dashed-name>}
 * @param description one or two sentences for {@code application.properties} and the configuration reference
 * @param type the type in one word, for the configuration reference
 * @param range the range or the choices, for the configuration reference
 * @param allowed type and range in words, for error messages
 * @param defaultText the default as written in {@code application.properties}
 * @param parser converts the text to the value; throws {@link IllegalArgumentException} if it is invalid
 * @param choices all allowed values of an enumeration, otherwise empty
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

    /** The greatest TCP port. */
    public static final int MAX_PORT = 65_535;

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

    /** Returns the settings that are constants of a class, in the order of their declarations. */
    public static List<Setting<?>> declaredIn(Class<?> constants) {
        List<Setting<?>> declared = new ArrayList<>();
        for (Field field : constants.getDeclaredFields()) {
            if (field.getType().equals(Setting.class)) {
                try {
                    field.setAccessible(true);
                    declared.add((Setting<?>) field.get(null));
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return List.copyOf(declared);
    }

    /** Returns the environment variable that overrides the property, such as {@code WADI_HTTP_PORT}. */
    public String variable() {
        return variableOf(name);
    }

    /** Returns the environment variable of a property. */
    static String variableOf(String property) {
        return property.toUpperCase(Locale.ROOT).replaceAll("[.-]", "_");
    }

    /** Returns a text without surrounding white space, and a list without empty items. */
    String normalized(String text) {
        return type.equals(LIST) ? String.join(",", Units.list(text)) : text.strip();
    }

    public static Setting<String> text(String name, String defaultText, String description) {
        return new Setting<>(
                name, description, TEXT, "not empty", "a text that is not empty", defaultText, Setting::notBlank);
    }

    /** Declares a text that may be empty; {@code meaning} describes the meaning of an empty text. */
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

    /** Declares a text that matches a regular expression as a whole. */
    public static Setting<String> matching(
            String name, String defaultText, String expression, String allowed, String description) {
        return new Setting<>(
                name,
                description,
                TEXT,
                allowed,
                allowed,
                defaultText,
                text -> Units.matching(text.strip(), expression));
    }

    /**
     * Returns this setting of an address, restricted to those with a valid host and port: clients would reject others
     * only when they connect. The host of a URI cannot contain an underscore.
     */
    public static Setting<String> withHost(Setting<String> address) {
        return new Setting<>(
                address.name(),
                address.description(),
                address.type(),
                address.range(),
                address.allowed(),
                address.defaultText(),
                text -> {
                    String value = address.parser().apply(text);
                    if (!value.isEmpty()) {
                        URI uri = URI.create(value.contains("://") ? value : "http://" + value);
                        if (uri.getHost() == null || uri.getPort() > MAX_PORT) {
                            throw new IllegalArgumentException("no valid host and port");
                        }
                    }
                    return value;
                },
                address.choices());
    }

    /** Declares a list of one or more texts, separated by commas; surrounding white space is removed. */
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

    public static Setting<String> choice(String name, String defaultText, List<String> choices, String description) {
        int last = choices.size() - 1;
        String allowed = String.join(", ", choices.subList(0, last)) + " or " + choices.get(last);
        return new Setting<>(
                name, description, "choice", allowed, allowed, defaultText, text -> chosen(text, choices), choices);
    }

    /** Declares a list of one or more of the choices, separated by commas, without duplicates. The order is kept. */
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

    public static Setting<Boolean> flag(String name, String defaultText, String description) {
        return new Setting<>(
                name, description, "flag", "true or false", "true or false", defaultText, Setting::parseFlag);
    }

    /** Declares a whole number from {@code least} to {@code most}, inclusive. */
    public static Setting<Long> number(String name, String defaultText, long least, long most, String description) {
        String from = Long.toString(least);
        String to = Long.toString(most);
        return range(name, defaultText, from, to, description, "integer", "a whole number", Long::parseLong);
    }

    /** Declares a decimal number from {@code least} to {@code most}, inclusive. */
    public static Setting<Double> decimal(
            String name, String defaultText, double least, double most, String description) {
        String from = Double.toString(least);
        String to = Double.toString(most);
        return range(name, defaultText, from, to, description, "number", "a number", Double::parseDouble);
    }

    /**
     * Declares a size in bytes, such as {@code 512KiB} or {@code 128MiB}, from {@code least} to {@code most},
     * inclusive.
     */
    public static Setting<Long> size(String name, String defaultText, String least, String most, String description) {
        String form = "a size such as 64KiB or 128MiB,";
        return range(name, defaultText, least, most, description, "size", form, Units::bytes);
    }

    /**
     * Declares a duration, such as {@code 500ms}, {@code 5s} or {@code 1h}, from {@code least} to {@code most},
     * inclusive. Units are in lower case, since Camel, which reads the text of placeholders in routes, ignores others.
     */
    public static Setting<Duration> duration(
            String name, String defaultText, String least, String most, String description) {
        String form = "a duration such as 500ms, 5s, 10m or 1h,";
        return range(name, defaultText, least, most, description, "duration", form, Setting::parseDuration);
    }

    private static Duration parseDuration(String text) {
        return Units.duration(Units.matching(text, "\\d+(ms|[smhd])"));
    }

    /** Declares a value with a range; {@code form} describes its format for error messages. */
    private static <C extends Comparable<C>> Setting<C> range(
            String name,
            String defaultText,
            String least,
            String most,
            String description,
            String type,
            String form,
            Function<String, C> parser) {
        String range = least + " to " + most;
        return new Setting<>(
                name,
                description,
                type,
                range,
                form + " from " + range,
                defaultText,
                text -> inRange(parser.apply(text), parser.apply(least), parser.apply(most)));
    }

    private static String notBlank(String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("empty");
        }
        return text.strip();
    }

    private static List<String> parseList(String text) {
        List<String> items = Units.list(text);
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
