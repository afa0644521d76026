package io.wadi.landing.files;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of consecutive offsets of one partition.
 *
 * @param first the first offset
 * @param last the last offset, not less than {@code first}
 */
public record OffsetRange(long first, long last) {
    private static final Pattern NAME = Pattern.compile("(\\d{20})\\+(\\d{20})");

    public OffsetRange {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException(
                    "invalid range of offsets %d to %d: expected 0 <= first <= last".formatted(first, last));
        }
    }

    /** Returns the number of offsets. */
    public long size() {
        return last - first + 1;
    }

    /** Returns the range as a file name, with offsets of 20 digits. */
    public String name() {
        return String.format(Locale.ROOT, "%020d+%020d", first, last);
    }

    /** Parses a name; empty if it is not a range. */
    public static Optional<OffsetRange> parse(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new OffsetRange(Long.parseLong(parts.group(1)), Long.parseLong(parts.group(2))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
