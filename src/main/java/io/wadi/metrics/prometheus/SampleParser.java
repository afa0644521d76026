package io.wadi.metrics.prometheus;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** A parser of one line of an exposition. Errors name the column (from 1), the text found and what is expected. */
final class SampleParser {
    private static final Pattern NUMBER = Pattern.compile("[+-]?+(?:\\d++(?:\\.\\d*+)?|\\.\\d++)(?:[eE][+-]?+\\d++)?");
    private static final Pattern INFINITE = Pattern.compile("([+-]?)inf(?:inity)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern WHOLE_NUMBER = Pattern.compile("[+-]?\\d{1,18}");
    /** The limits of timestamps: the years 0 to 9999, beyond which other tools do not read them. */
    private static final long FIRST_MS = -62_167_219_200_000L;

    private static final long LAST_MS = 253_402_300_799_999L;
    private static final int MAX_QUOTED = 40;

    private final String line;
    private final int number;
    private final ExpositionFormat format;
    private int at;

    SampleParser(String line, int number, ExpositionFormat format) {
        this.line = line;
        this.number = number;
        this.format = format;
        blanks();
    }

    boolean isEmptyOrComment() {
        return at == line.length() || line.charAt(at) == '#';
    }

    /**
     * Parses the line.
     *
     * @throws InvalidSampleException if the line is not a sample
     */
    Sample sample() throws InvalidSampleException {
        String name = name("a metric's name", true);
        if (at < line.length() && !isBlank(line.charAt(at)) && line.charAt(at) != '{') {
            throw unexpected("a blank or {"); // The rest of an invalid name, such as .5 or -1, can be a number.
        }
        blanks();
        Map<String, String> labels = at < line.length() && line.charAt(at) == '{' ? labels() : Map.of();
        double value = value();
        Long timestamp = null;
        if (at < line.length() && line.charAt(at) != '#') {
            timestamp = timestamp();
        }
        if (at < line.length() && format == ExpositionFormat.OPEN_METRICS) {
            exemplar();
        }
        if (at < line.length()) {
            throw unexpected("the line's end");
        }
        return new Sample(name, labels, value, timestamp, number);
    }

    private String name(String what, boolean colons) throws InvalidSampleException {
        int begin = at;
        while (at < line.length() && isInName(line.charAt(at), at > begin, colons)) {
            at++;
        }
        if (at == begin) {
            throw unexpected(what);
        }
        return line.substring(begin, at);
    }

    private static boolean isInName(char c, boolean digits, boolean colons) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || c == '_'
                || (c == ':' && colons)
                || (c >= '0' && c <= '9' && digits);
    }

    private Map<String, String> labels() throws InvalidSampleException {
        Map<String, String> labels = new TreeMap<>();
        expect('{');
        while (at == line.length() || line.charAt(at) != '}') {
            int begin = at;
            String name = name("a label's name or }", false);
            blanks();
            expect('=');
            if (labels.put(name, quoted()) != null) {
                throw new InvalidSampleException("column " + (begin + 1) + ": duplicate label " + name);
            }
            if (at < line.length() && line.charAt(at) != '}') {
                expect(',');
            }
        }
        expect('}');
        labels.values().removeIf(String::isEmpty);
        return labels;
    }

    private String quoted() throws InvalidSampleException {
        if (at == line.length() || line.charAt(at) != '"') {
            throw unexpected("\"");
        }
        StringBuilder text = new StringBuilder();
        for (at++; at < line.length() && line.charAt(at) != '"'; at++) {
            char c = line.charAt(at);
            boolean escape = c == '\\' && at + 1 < line.length();
            text.append(escape ? escaped(line.charAt(at + 1)) : c);
            at += escape ? 1 : 0;
        }
        expect('"');
        return text.toString();
    }

    /** Returns an unescaped character. Undefined escape sequences are kept unchanged, as in OpenMetrics. */
    private static String escaped(char c) {
        return switch (c) {
            case 'n' -> "\n";
            case '\\', '"' -> String.valueOf(c);
            default -> "\\" + c;
        };
    }

    private double value() throws InvalidSampleException {
        int begin = at;
        String token = token();
        if (token.equalsIgnoreCase("nan")) {
            return Double.NaN;
        }
        if (INFINITE.matcher(token).matches()) {
            return token.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return finite(token, begin, "a number, NaN or Inf");
    }

    private double finite(String token, int begin, String allowed) throws InvalidSampleException {
        if (NUMBER.matcher(token).matches()) {
            double value = Double.parseDouble(token);
            if (Double.isFinite(value)) {
                return value;
            }
        }
        at = begin;
        throw unexpected(allowed);
    }

    private long timestamp() throws InvalidSampleException {
        int begin = at;
        String token = token();
        long ms;
        if (format == ExpositionFormat.OPEN_METRICS) {
            ms = Math.round(finite(token, begin, "seconds since 1970 or an exemplar") * 1000);
        } else if (WHOLE_NUMBER.matcher(token).matches()) {
            ms = Long.parseLong(token);
        } else {
            at = begin;
            throw unexpected("whole milliseconds since 1970");
        }
        if (ms < FIRST_MS || ms > LAST_MS) {
            at = begin;
            throw unexpected("a time in the years 0 to 9999");
        }
        return ms;
    }

    /** Validates and discards an exemplar. */
    private void exemplar() throws InvalidSampleException {
        expect('#');
        if (at == line.length() || line.charAt(at) != '{') {
            throw unexpected("the labels of an exemplar");
        }
        labels();
        value();
        if (at < line.length()) {
            timestamp();
        }
    }

    private String token() {
        int begin = at;
        while (at < line.length() && !isBlank(line.charAt(at))) {
            at++;
        }
        String token = line.substring(begin, at);
        blanks();
        return token;
    }

    private void expect(char c) throws InvalidSampleException {
        if (at == line.length() || line.charAt(at) != c) {
            throw unexpected(String.valueOf(c));
        }
        at++;
        blanks();
    }

    private void blanks() {
        while (at < line.length() && isBlank(line.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private InvalidSampleException unexpected(String allowed) {
        String rest = line.substring(at, Math.min(line.length(), at + MAX_QUOTED));
        String found = rest.isEmpty()
                ? "the line's end"
                : rest.codePoints()
                        .collect(StringBuilder::new, SampleParser::printable, StringBuilder::append)
                        .toString();
        return new InvalidSampleException("column " + (at + 1) + ": found " + found + ", expected " + allowed);
    }

    private static void printable(StringBuilder text, int c) {
        text.appendCodePoint(Character.isISOControl(c) ? '?' : c);
    }
}
