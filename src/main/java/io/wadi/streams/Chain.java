package io.wadi.streams;

import java.util.List;

/**
 * What is done to a record in one go, on one thread: steps, then an end. What a record is to blame for is thrown as a
 * {@link RefusedRecordException}.
 *
 * @param works in their order
 */
record Chain(List<Work> works, End end) {

    /** A step. */
    @FunctionalInterface
    interface Work {
        /** Whether the record goes on. */
        boolean on(Event event, Part.Running part);
    }

    /** Where a record leaves. */
    @FunctionalInterface
    interface End {
        void take(Event event, Part.Running part);
    }

    /** Does it all. */
    void run(Event event, Part.Running part) {
        for (Work each : works) {
            if (!each.on(event, part)) {
                return;
            }
        }
        end.take(event, part);
    }
}
