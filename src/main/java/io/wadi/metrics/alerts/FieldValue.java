package io.wadi.metrics.alerts;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The value of a rule: a numeric field, or the quotient of two.
 *
 * @param field a dotted path such as {@code system.cpu.total.pct}
 * @param divisor the path of the divisor; null if there is none
 */
record FieldValue(String field, String divisor) {
    static final String ALLOWED =
            "a field such as system.load.1, or two with a / between them; each up to 256 characters";

    /** The string fields read from every document, which cannot be values of rules. */
    static final List<String> TEXTS =
            List.of("@timestamp", "host.name", "metricset.name", "event.dataset", "error.message");

    private static final Pattern PATH = Pattern.compile("(?=.{1,256}$)[\\w@:-]+(\\.[\\w@:-]+){0,15}");

    /**
     * Parses a value.
     *
     * @throws IllegalArgumentException if the text is invalid
     */
    static FieldValue parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length > 2) {
            throw new IllegalArgumentException("more than one /");
        }
        return new FieldValue(path(parts[0]), parts.length == 1 ? null : path(parts[1]));
    }

    private static String path(String text) {
        String path = text.strip();
        if (!PATH.matcher(path).matches() || TEXTS.contains(path)) {
            throw new IllegalArgumentException("not the path of a number");
        }
        return path;
    }

    @Override
    public String toString() {
        return divisor == null ? field : field + " / " + divisor;
    }
}
