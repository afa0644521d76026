package io.wadi.metrics.alerts;

import io.wadi.runtime.config.Excerpt;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A template with Prometheus' placeholders: <code>{{ $labels.host }}</code> and every other label, <code>{{ $value
 * }}</code> and <code>{{ $threshold }}</code>, these two also with <code>| humanizePercentage</code>, which formats
 * 0.9312 as 93.12%.
 */
record Annotation(String text) {
    /** The maximum of a template and of a rendered text, in characters. */
    private static final int MAX_LENGTH = 1024;

    static final String ALLOWED =
            "a text of 1 to " + MAX_LENGTH + " characters; its placeholders are {{ $labels.NAME }}, {{ $value }} and "
                    + "{{ $threshold }}, these two also with | humanizePercentage";

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{\\s*\\$(?:labels\\.(?<label>[a-zA-Z_]\\w*)|"
            + "(?<number>value|threshold)\\s*(?<percent>\\|\\s*humanizePercentage)?)\\s*}}");

    /**
     * Parses a template.
     *
     * @throws IllegalArgumentException if the text is blank, too long or has another placeholder
     */
    static Annotation parse(String text) {
        String rest = PLACEHOLDER.matcher(text).replaceAll("");
        if (text.isBlank() || text.length() > MAX_LENGTH || rest.contains("{{") || rest.contains("}}")) {
            throw new IllegalArgumentException("not such a text");
        }
        return new Annotation(text);
    }

    /** Returns the labels that placeholders refer to. */
    Set<String> labels() {
        Set<String> labels = new TreeSet<>();
        Matcher found = PLACEHOLDER.matcher(text);
        while (found.find()) {
            if (found.group("label") != null) {
                labels.add(found.group("label"));
            }
        }
        return labels;
    }

    /**
     * Renders the template for one alert. A text of more than {@link #MAX_LENGTH} characters is cut and ends with an
     * ellipsis.
     *
     * @param labels returns the value of a label
     * @param numbers returns the text of {@code value} or {@code threshold}: a number, or words such as {@code no data}
     */
    String render(UnaryOperator<String> labels, UnaryOperator<String> numbers) {
        StringBuilder rendered = new StringBuilder();
        Matcher found = PLACEHOLDER.matcher(text);
        while (found.find()) {
            found.appendReplacement(rendered, Matcher.quoteReplacement(render(found, labels, numbers)));
        }
        return Excerpt.of(found.appendTail(rendered).toString(), MAX_LENGTH);
    }

    private static String render(Matcher found, UnaryOperator<String> labels, UnaryOperator<String> numbers) {
        if (found.group("label") != null) {
            return labels.apply(found.group("label"));
        }
        String number = numbers.apply(found.group("number"));
        return found.group("percent") == null ? number : percentage(number);
    }

    /** Formats a number as a percentage of four significant digits, as Prometheus does; words are unchanged. */
    private static String percentage(String number) {
        if (!number.matches("-?\\d+(\\.\\d+)?")) {
            return number;
        }
        return plain(new BigDecimal(number).movePointRight(2).round(new MathContext(4))) + "%";
    }

    /** Formats a number without exponent and trailing zeros. */
    static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }
}
