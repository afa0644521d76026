package io.wadi.ingest.receipts;

import io.wadi.ingest.receipts.ReceiptState.Progress;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The progress of the receipts of one partition, from the committed offsets of all targets. Immutable. */
final class CommittedOffsets {
    private final long begun;
    /** The progress of all targets, by the first offset that has it. */
    private final NavigableMap<Long, Map<String, Progress>> progress = new TreeMap<>();

    /**
     * Creates the progress.
     *
     * @param byTarget the committed offset by target; empty for a target that is not configured
     * @param begun the time at which the oldest request for these offsets began, by {@link System#nanoTime}
     */
    CommittedOffsets(Map<String, OptionalLong> byTarget, long begun) {
        this.begun = begun;
        progress.put(Long.MIN_VALUE, progress(byTarget, Long.MIN_VALUE));
        byTarget.values()
                .forEach(committed -> committed.ifPresent(offset -> progress.put(offset, progress(byTarget, offset))));
    }

    private static Map<String, Progress> progress(Map<String, OptionalLong> byTarget, long receipt) {
        Map<String, Progress> found = new LinkedHashMap<>();
        byTarget.forEach((target, committed) -> found.put(target, progress(committed, receipt)));
        return Collections.unmodifiableMap(found);
    }

    private static Progress progress(OptionalLong committed, long receipt) {
        if (committed.isEmpty()) {
            return Progress.NOT_CONFIGURED;
        }
        return receipt < committed.getAsLong() ? Progress.ARRIVED : Progress.PENDING;
    }

    /** Returns whether all offsets were requested after a time, by {@link System#nanoTime}. */
    boolean isSince(long nanos) {
        return begun - nanos >= 0;
    }

    /** Returns the progress of a receipt, by target. */
    Map<String, Progress> progress(long receipt) {
        return progress.floorEntry(receipt).getValue();
    }

    /** Returns the number of targets at which a receipt's record has not arrived. */
    int pending(long receipt) {
        return Collections.frequency(progress(receipt).values(), Progress.PENDING);
    }
}
