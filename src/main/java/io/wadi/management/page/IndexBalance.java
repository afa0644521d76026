package io.wadi.management.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The documents of an index compared with the offsets that its group has committed, summed over all partitions.
 *
 * @param documents the number of documents; null without an index
 * @param committed committed offsets, counted from 0
 * @param behind offsets in Kafka that are not committed
 * @param dropped offsets, counted from 0, that Kafka has deleted
 * @param deadLetters dead letters that the route has written for the topic's records
 * @param isAllCounted whether there are no further dead letters
 */
record IndexBalance(Long documents, long committed, long behind, long dropped, long deadLetters, boolean isAllCounted) {

    /**
     * Committed offsets without a document or dead letter; negative if there are more of those than committed offsets.
     * Null if dead letters that were not counted may account for them.
     */
    Long difference() {
        return isAtMost() ? null : (Long) counted();
    }

    private long counted() {
        return committed - (documents == null ? 0 : documents) - deadLetters;
    }

    private boolean isAtMost() {
        return !isAllCounted && counted() > 0;
    }

    /** Describes the difference and its possible causes. */
    String explanation() {
        long difference = counted();
        if (documents == null) {
            return committed == 0
                    ? "Nothing is indexed yet: the index does not exist."
                    : "The index does not exist, but offsets are committed: it was deleted, or its name was changed.";
        }
        if (difference == 0) {
            return deadLetters == 0
                    ? "Every committed offset is a document."
                    : "Every committed offset is a document or a dead letter.";
        }
        if (isAtMost()) {
            return "At most %s neither a document nor a dead letter: only the newest dead letters of all routes were counted."
                    .formatted(counted(difference, "committed offset is", "committed offsets are"));
        }
        if (difference > 0) {
            return "%s neither a document nor a dead letter. Possible causes: %s."
                    .formatted(counted(difference, "committed offset is", "committed offsets are"), reasons());
        }
        if (-difference <= behind) {
            return "%s ahead of the committed offset: indexed, and committed with the next commit."
                    .formatted(counted(-difference, "document is", "documents are"));
        }
        return "%s than committed offsets: from another topic, from a deleted topic of this name, or from before a reset of the group's offsets."
                .formatted(counted(-difference, "document more", "documents more"));
    }

    private String reasons() {
        List<String> reasons = new ArrayList<>();
        reasons.add("offsets without a record (transaction markers, compacted records)");
        if (dropped > 0) {
            reasons.add("some of the first %s, if Kafka deleted them before they were read"
                    .formatted(counted(dropped, "offset", "offsets")));
        }
        reasons.add("events that were sent again with the same id");
        reasons.add("documents that were deleted or are not refreshed yet");
        reasons.add("dead letters that retention has deleted");
        return String.join("; ", reasons);
    }

    private static String counted(long number, String one, String many) {
        return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : many);
    }
}
