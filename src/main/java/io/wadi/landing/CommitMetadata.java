package io.wadi.landing;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What landing commits beside an offset. It tells the next owner that the offset is the end of a landed file, where the one
 * file can stand that may have been published since, and what the last file must look like. An offset without it was
 * committed by somebody else.
 *
 * @param next the directory of the next file, below the partition's; empty where it is the partition's own
 * @param last the last published file, below the partition's directory; empty where there is none
 * @param bytes the length of that file
 */
record CommitMetadata(String next, String last, long bytes) {
    static final CommitMetadata NOTHING = new CommitMetadata("", "", 0);

    private static final Pattern FORM = Pattern.compile("landed next=([^ ]*) last=([^ ]*) bytes=(\\d{1,18})");

    CommitMetadata withNext(String directory) {
        return new CommitMetadata(directory, last, bytes);
    }

    /** The note as Kafka keeps it. */
    String text() {
        return "landed next=" + next + " last=" + last + " bytes=" + bytes;
    }

    /** Reads a note; empty where it is none of landing's. */
    static Optional<CommitMetadata> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new CommitMetadata(form.group(1), form.group(2), Long.parseLong(form.group(3))))
                : Optional.empty();
    }
}
