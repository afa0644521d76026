package io.wadi.streams.topology;

import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.RejectedRecordException;
import java.util.List;

/**
 * The steps of one stage and their end, run for each record on one thread. A record that is at fault causes a {@link
 * RejectedRecordException}.
 *
 * @param works in order
 */
record StepChain(List<Work> works, End end) {

    /** A step. */
    @FunctionalInterface
    interface Work {
        /** Returns whether the record continues. */
        boolean on(EvaluatedRecord event, Stage.Running stage);
    }

    /** The end of a chain. */
    @FunctionalInterface
    interface End {
        void take(EvaluatedRecord event, Stage.Running stage);
    }

    /** Runs all steps and the end. */
    void run(EvaluatedRecord event, Stage.Running stage) {
        for (Work each : works) {
            if (!each.on(event, stage)) {
                return;
            }
        }
        end.take(event, stage);
    }
}
