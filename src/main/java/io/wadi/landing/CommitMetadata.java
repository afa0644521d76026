package io.wadi.landing;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metadata that landing commits with an offset. It marks the offset as the end of a landed file and names the only
 * directory in which a file may have been published since, and the last file. An offset without it was not committed by
 * landing.
 *
 * @param next directory of the next file, relative to the partition's; empty for the partition's own
 * @param last the last published file, relative to the partition's directory; empty if there is none
 * @param bytes length of that file
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
