package io.wadi.landing.files;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a file while others are merged into it: its landed name, its length, the last offset after the merge, and
 * the attempt at the merge. The file stays visible to readers, since its bytes have no other visible name, but landing
 * does not consider it a landed file.
 *
 * <p>The length shows whether the merge has happened: empty files are not merged, so the file is longer afterwards.
 *
 * @param original the landed file's name
 * @param length in bytes, before the merge
 * @param last the last offset after the merge
 * @param attempt unique to one attempt at this merge
 */
public record CompactingFile(String original, long length, long last, String attempt) {
    private static final int DIGITS = 20;
    private static final Pattern NAME =
            Pattern.compile("(.+\\d{20})\\.compacting-(\\d{1,18})-(\\d{20})-([0-9a-f-]{36})(\\.[a-z.]+)");

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

    /** Returns the landed name after the merge. */
    public String result() {
        int end = extensionOf(original);
        return original.substring(0, end - DIGITS)
                + String.format(Locale.ROOT, "%020d", last)
                + original.substring(end);
    }

    /** Returns the same merge for another attempt. */
    public CompactingFile withAttempt(String other) {
        return new CompactingFile(original, length, last, other);
    }

    /** Returns whether a file of this length contains the others. */
    public boolean isMerged(long currentLength) {
        return currentLength != length;
    }

    /** Returns the range that a file of this length covers, as a landed file. */
    LandedFile covers(long currentLength) {
        return LandedFile.parse(isMerged(currentLength) ? result() : original).orElseThrow();
    }

    /** Topic names may contain dots; the extension begins after the last offset. */
    static int extensionOf(String name) {
        return name.indexOf('.', name.lastIndexOf('+'));
    }

    /** Parses a name; empty if it is not that of a merge. */
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
