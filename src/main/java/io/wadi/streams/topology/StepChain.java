package io.wadi.streams.topology;

import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.RefusedRecordException;
import java.util.List;

/**
 * What is done to a record in one go, on one thread: steps, then an end. What a record is to blame for is thrown as a
 * {@link RefusedRecordException}.
 *
 * @param works in their order
 */
record StepChain(List<Work> works, End end) {

    /** A step. */
    @FunctionalInterface
    interface Work {
        /** Whether the record goes on. */
        boolean on(EvaluatedRecord event, Stage.Running part);
    }

    /** Where a record leaves. */
    @FunctionalInterface
    interface End {
        void take(EvaluatedRecord event, Stage.Running part);
    }

    /** Does it all. */
    void run(EvaluatedRecord event, Stage.Running part) {
        for (Work each : works) {
            if (!each.on(event, part)) {
                return;
            }
        }
        end.take(event, part);
    }
}
