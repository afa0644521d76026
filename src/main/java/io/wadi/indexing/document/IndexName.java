package io.wadi.indexing.document;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The index of a document: a name, optionally with a day or month in UTC, such as {@code metric-cpu-{yyyy.MM.dd}} or
 * {@code metric-cpu-{yyyy.MM}}. It can be the name of an alias or a data stream.
 */
public final class IndexName {
    private static final Pattern DATED = Pattern.compile("([^{}]*)\\{([yMd.\\-]+)}([^{}]*)");
    private static final Pattern ALLOWED = Pattern.compile("[^-_+.A-Z\\s\\\\/*?\"<>|,#:{}][^A-Z\\s\\\\/*?\"<>|,#:{}]*");
    private static final int MAX_LENGTH = 200;
    private static final long FIRST_MS = Instant.parse("0001-01-01T00:00:00Z").toEpochMilli();
    private static final long LAST_MS =
            Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    private final String text;
    private final String before;
    private final DateTimeFormatter date;
    private final String after;

    /** The last formatted name, reused for documents of the same day. */
    private volatile Formatted last = new Formatted(Long.MIN_VALUE, "");

    private record Formatted(long day, String name) {}

    private IndexName(String text, String before, DateTimeFormatter date, String after) {
        this.text = text;
        this.before = before;
        this.date = date;
        this.after = after;
    }

    /**
     * Parses a name.
     *
     * @throws IllegalArgumentException if it is invalid in Elasticsearch; the message contains the rules
     */
    public static IndexName of(String text) {
        Matcher dated = DATED.matcher(text);
        if (!dated.matches()) {
            return checked(new IndexName(text, text, null, ""));
        }
        try {
            return checked(new IndexName(
                    text,
                    dated.group(1),
                    DateTimeFormatter.ofPattern(dated.group(2), Locale.ROOT).withZone(ZoneOffset.UTC),
                    dated.group(3)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "invalid index '%s': %s; expected {yyyy.MM.dd} for a day, {yyyy.MM} for a month"
                            .formatted(text, e.getMessage()),
                    e);
        }
    }

    private static IndexName checked(IndexName name) {
        String example = name.at(0);
        if (!ALLOWED.matcher(example).matches() || example.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    ("invalid index '%s': expected up to %d lowercase letters, digits and -_., not beginning with -_+.,"
                                    + " and at most one {yyyy.MM.dd} or {yyyy.MM}")
                            .formatted(name.text, MAX_LENGTH));
        }
        return name;
    }

    /** Returns whether the index depends on the time. */
    public boolean isDated() {
        return date != null;
    }

    /**
     * Returns the name at a time in milliseconds since the epoch.
     *
     * @throws IllegalArgumentException if the name depends on the time and the year is not one from 1 to 9999
     */
    public String at(long millis) {
        if (date == null) {
            return before;
        }
        if (millis < FIRST_MS || millis > LAST_MS) {
            throw new IllegalArgumentException(
                    "no index for timestamp %d: expected milliseconds since 1970, of a year from 1 to 9999"
                            .formatted(millis));
        }
        long day = Math.floorDiv(millis, 86_400_000L);
        Formatted known = last;
        if (known.day() != day) {
            known = new Formatted(day, before + date.format(Instant.ofEpochMilli(millis)) + after);
            last = known;
        }
        return known.name();
    }

    /** Returns the name or wildcard pattern to search for all documents. */
    public String all() {
        return date == null ? before : before + "*" + after;
    }

    /** Returns the name unless it depends on the time. */
    public Optional<String> plain() {
        return date == null ? Optional.of(before) : Optional.empty();
    }

    @Override
    public String toString() {
        return text;
    }
}
