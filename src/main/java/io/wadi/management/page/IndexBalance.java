package io.wadi.management.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The comparison of the number of documents of an index with the committed offsets of its group, summed over all
 * partitions.
 *
 * @param documents the number of documents; null if the index does not exist
 * @param committed the sum of the committed offsets, which start at 0
 * @param behind the number of offsets in Kafka that are not committed
 * @param dropped the number of offsets that Kafka has deleted, counted from 0
 * @param deadLetters the number of dead letters that the route has written for records of the topic
 * @param isAllCounted whether all dead letters were counted
 */
record IndexBalance(Long documents, long committed, long behind, long dropped, long deadLetters, boolean isAllCounted) {

    /**
     * Returns the number of committed offsets that are neither a document nor a dead letter. It is negative if there
     * are more documents and dead letters than committed offsets. It is null if dead letters that were not counted may
     * explain the difference.
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

    /** Returns a description of the difference and of its possible causes. */
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
