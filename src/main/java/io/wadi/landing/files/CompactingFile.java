package io.wadi.landing.files;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a file while others are merged into it: the landed name it had, then its length, the last offset it is to
 * cover, and the attempt that works on it. Readers take it for data, for its bytes are visible under no other name; landing
 * does not take it for a landed file.
 *
 * <p>The length tells what it holds: files without a byte take no part, so it is longer once the others are in it.
 *
 * @param original the landed file's name
 * @param length in bytes, before the others were merged into it
 * @param last the last offset once they are
 * @param attempt unique to one attempt at this merge
 */
public record CompactingFile(String original, long length, long last, String attempt) {
    private static final int DIGITS = 20;
    private static final Pattern NAME =
            Pattern.compile("(.+\\d{20})\\.compacting-(\\d{1,18})-(\\d{20})-([0-9a-f-]{36})(\\.[a-z.]+)");

    /** The name in its directory. */
    public String name() {
        int end = extensionOf(original);
        return String.format(
                Locale.ROOT,
                "%s.compacting-%d-%020d-%s%s",
                original.substring(0, end),
                length,
                last,
                attempt,
                original.substring(end));
    }

    /** The landed name of the file that all are merged into. */
    public String result() {
        int end = extensionOf(original);
        return original.substring(0, end - DIGITS)
                + String.format(Locale.ROOT, "%020d", last)
                + original.substring(end);
    }

    /** The same merge in the hands of another attempt. */
    public CompactingFile takenBy(String other) {
        return new CompactingFile(original, length, last, other);
    }

    /** Whether the others are in it, at the length it has. */
    public boolean holdsAll(long lengthNow) {
        return lengthNow != length;
    }

    /** What it covers at the length it has. */
    LandedFile covers(long lengthNow) {
        return LandedFile.parse(holdsAll(lengthNow) ? result() : original).orElseThrow();
    }

    /** Topics may have dots in their names, extensions begin after the last offset. */
    private static int extensionOf(String name) {
        return name.indexOf('.', name.lastIndexOf('+'));
    }

    /** Reads a name; empty where it is none of a merge. */
    static Optional<CompactingFile> parse(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return Optional.empty();
        }
        try {
            CompactingFile file = new CompactingFile(
                    parts.group(1) + parts.group(5),
                    Long.parseLong(parts.group(2)),
                    Long.parseLong(parts.group(3)),
                    parts.group(4));
            return LandedFile.parse(file.original)
                    .filter(landed -> landed.last() < file.last)
                    .map(landed -> file);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
