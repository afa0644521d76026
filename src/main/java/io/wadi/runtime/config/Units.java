package io.wadi.runtime.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads and writes the values of {@code application.properties} and YAML files, such as sizes and durations. */
public final class Units {
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,15})\\s*([A-Za-z]*)");

    private Units() {}

    /**
     * Reads a size: a whole number and {@code B}, {@code KiB}, {@code MiB} or {@code GiB} (powers of 1024); bytes
     * without a unit.
     *
     * @throws IllegalArgumentException if the text is not such a size
     */
    public static long bytes(String text) {
        Matcher amount = amount(text);
        long factor =
                switch (amount.group(2).toLowerCase(Locale.ROOT)) {
                    case "", "b" -> 1L;
                    case "kib" -> 1L << 10;
                    case "mib" -> 1L << 20;
                    case "gib" -> 1L << 30;
                    default -> throw new IllegalArgumentException("unknown unit " + amount.group(2));
                };
        return Math.multiplyExact(Long.parseLong(amount.group(1)), factor);
    }

    /**
     * Reads a duration: a whole number and {@code ms}, {@code s}, {@code m}, {@code h} or {@code d}.
     *
     * @throws IllegalArgumentException if the text is not such a duration
     */
    public static Duration duration(String text) {
        Matcher amount = amount(text);
        long value = Long.parseLong(amount.group(1));
        return switch (amount.group(2).toLowerCase(Locale.ROOT)) {
            case "ms" -> Duration.ofMillis(value);
            case "s" -> Duration.ofSeconds(value);
            case "m" -> Duration.ofMinutes(value);
            case "h" -> Duration.ofHours(value);
            case "d" -> Duration.ofDays(value);
            default -> throw new IllegalArgumentException("unknown unit " + amount.group(2));
        };
    }

    /**
     * Reads a time such as {@code 2026-11-20T10:00:00Z}, or a duration before now such as {@code 2h}. A time before
     * 1970 becomes the beginning of 1970, since Kafka rejects negative timestamps or gives them another meaning.
     *
     * @throws IllegalArgumentException if it is neither; the message contains the text and what is expected
     */
    public static Instant time(String text, Instant now) {
        try {
            Instant time = text.contains(":") ? OffsetDateTime.parse(text).toInstant() : now.minus(duration(text));
            return time.toEpochMilli() < 0 ? Instant.EPOCH : time;
        } catch (DateTimeException | ArithmeticException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"%s\", expected a time such as 2026-11-20T10:00:00Z or a duration such as 2h".formatted(text), e);
        }
    }

    /** Formats a size in the largest unit that gives a whole number, such as {@code 128MiB}. */
    public static String text(long bytes) {
        return inLargest(bytes, List.of("GiB", "MiB", "KiB", "B"), List.of(1L << 30, 1L << 20, 1L << 10, 1L));
    }

    /**
     * Formats a duration in the largest unit that gives a whole number, such as {@code 7d}, truncated to milliseconds.
     */
    public static String text(Duration duration) {
        return inLargest(
                duration.toMillis(),
                List.of("d", "h", "m", "s", "ms"),
                List.of(86_400_000L, 3_600_000L, 60_000L, 1000L, 1L));
    }

    private static String inLargest(long value, List<String> units, List<Long> factors) {
        int unit = 0;
        while (value == 0 ? unit < units.size() - 1 : value % factors.get(unit) != 0) {
            unit++;
        }
        return value / factors.get(unit) + units.get(unit);
    }

    /**
     * Reads the name of an enumeration's value, in any case.
     *
     * @throws IllegalArgumentException if there is no such value; the message lists the values
     */
    public static <E extends Enum<E>> E choice(Class<E> values, String text) {
        for (E value : values.getEnumConstants()) {
            if (value.name().equalsIgnoreCase(text.strip())) {
                return value;
            }
        }
        throw new IllegalArgumentException("found \"%s\", expected one of %s"
                .formatted(
                        text,
                        Arrays.stream(values.getEnumConstants())
                                .map(value -> value.name().toLowerCase(Locale.ROOT))
                                .collect(Collectors.joining(", "))));
    }

    /** Returns the text if it matches an expression completely, or throws {@link IllegalArgumentException}. */
    public static String matching(String text, String expression) {
        if (!text.matches(expression)) {
            throw new IllegalArgumentException("not of this form");
        }
        return text;
    }

    /** Returns whether the text is the first of two words; throws {@link IllegalArgumentException} if it is neither. */
    public static boolean either(String text, String yes, String no) {
        return matching(text, yes + "|" + no).equals(yes);
    }

    /** Returns the name of a constant in lower case, with hyphens. */
    public static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Returns the value if it is in a range, or throws {@link IllegalArgumentException}. */
    public static <C extends Comparable<C>> C inRange(C value, C least, C most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException("out of range");
        }
        return value;
    }

    /** Reads a whole number in a range, or throws {@link IllegalArgumentException}. */
    public static int number(String text, int least, int most) {
        return inRange(Integer.valueOf(text), least, most);
    }

    /** Reads a list separated by commas. White space around items and empty items are removed. */
    public static List<String> list(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }

    private static Matcher amount(String text) {
        Matcher amount = AMOUNT.matcher(text.strip());
        if (!amount.matches()) {
            throw new IllegalArgumentException("not a number with a unit");
        }
        return amount;
    }
}
