package io.wadi.landing;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metadata that landing commits with an offset. It shows that landing committed the offset, and names the last
 * published file and the only directory in which a later file can have been published.
 *
 * @param next the directory of the next file, relative to the partition's directory; empty for that directory itself
 * @param last the last published file, relative to the partition's directory; empty if there is none
 * @param bytes the length of that file
 * @param first the first offset of the next file, if that is before the committed offset: the offsets in between have
 *    no records; else -1
 */
public record CommitMetadata(String next, String last, long bytes, long first) {
    static final CommitMetadata NOTHING = new CommitMetadata("", "", 0);

    private static final Pattern FORM =
            Pattern.compile("landed next=([^ ]*) last=([^ ]*) bytes=(\\d{1,18})(?: first=(\\d{1,18}))?");

    CommitMetadata(String next, String last, long bytes) {
        this(next, last, bytes, -1);
    }

    CommitMetadata withNext(String directory) {
        return new CommitMetadata(directory, last, bytes, first);
    }

    /** Returns the metadata for a commit of an offset, if the next file begins at {@code nextFirst}. */
    CommitMetadata withFirst(long nextFirst, long committed) {
        return new CommitMetadata(next, last, bytes, nextFirst < committed ? nextFirst : -1);
    }

    String text() {
        return "landed next=" + next + " last=" + last + " bytes=" + bytes + (first < 0 ? "" : " first=" + first);
    }

    /** Parses committed metadata; empty if landing did not write it. */
    static Optional<CommitMetadata> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new CommitMetadata(
                        form.group(1),
                        form.group(2),
                        Long.parseLong(form.group(3)),
                        form.group(4) == null ? -1 : Long.parseLong(form.group(4))))
                : Optional.empty();
    }

    /** Returns the first offset of the next file after a commit with any metadata; all before it have landed. */
    public static long nextFirst(long committed, String text) {
        return parse(text)
                .map(CommitMetadata::first)
                .filter(first -> first >= 0 && first < committed)
                .orElse(committed);
    }
}
