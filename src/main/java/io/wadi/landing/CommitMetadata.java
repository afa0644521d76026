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
 */
record CommitMetadata(String next, String last, long bytes) {
    static final CommitMetadata NOTHING = new CommitMetadata("", "", 0);

    private static final Pattern FORM = Pattern.compile("landed next=([^ ]*) last=([^ ]*) bytes=(\\d{1,18})");

    CommitMetadata withNext(String directory) {
        return new CommitMetadata(directory, last, bytes);
    }

    String text() {
        return "landed next=" + next + " last=" + last + " bytes=" + bytes;
    }

    /** Parses committed metadata; empty if landing did not write it. */
    static Optional<CommitMetadata> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new CommitMetadata(form.group(1), form.group(2), Long.parseLong(form.group(3))))
                : Optional.empty();
    }
}
