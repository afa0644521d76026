package io.wadi.management.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What an index has beside what its group has read. Arithmetic and words only.
 *
 * @param documents in the index; null where there is no index
 * @param committed offsets that the group has committed, in all partitions together, from 0 on
 * @param behind offsets that are in Kafka and not committed
 * @param dropped offsets, from 0 on, that Kafka has no more
 * @param deadLetters that the route has written of the topic's records
 */
record IndexBalance(Long documents, long committed, long behind, long dropped, long deadLetters) {

    /** Committed offsets that are neither a document nor a dead letter; negative where there is more than was committed. */
    long difference() {
        return committed - (documents == null ? 0 : documents) - deadLetters;
    }

    /** The difference and what explains it. */
    String words() {
        long difference = difference();
        if (documents == null) {
            return committed == 0
                    ? "Nothing is indexed yet: there is no such index."
                    : "There is no such index, and offsets are committed: it was deleted, or its name was changed.";
        }
        if (difference == 0) {
            return deadLetters == 0
                    ? "Every committed offset is a document."
                    : "Every committed offset is a document or a dead letter.";
        }
        if (difference > 0) {
            return "%s neither a document nor a dead letter. That may be %s."
                    .formatted(counted(difference, "committed offset is", "committed offsets are"), reasons());
        }
        if (-difference <= behind) {
            return "%s ahead of the commits: indexed, and committed with the next commit."
                    .formatted(counted(-difference, "document is", "documents are"));
        }
        return "%s than committed offsets: of another topic, of a topic of this name that was made anew, or of before the group's offsets were reset."
                .formatted(counted(-difference, "document more", "documents more"));
    }

    private String reasons() {
        List<String> reasons = new ArrayList<>();
        reasons.add("offsets without a record (marks of transactions, compacted records)");
        if (dropped > 0) {
            reasons.add("some of the first %s, if Kafka dropped them before they were read"
                    .formatted(counted(dropped, "offset", "offsets")));
        }
        reasons.add("events that came again under an id of their own");
        reasons.add("documents that were deleted, or not yet refreshed");
        reasons.add("dead letters that their topic keeps no more");
        return String.join("; ", reasons);
    }

    private static String counted(long number, String one, String many) {
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : many);
    }
}
