package io.wadi.streams.topology;

import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.RejectedRecordException;
import java.util.List;

/**
 * The steps of one stage and their end, run for each record on one thread. An invalid record causes a {@link
 * RejectedRecordException}.
 */
record StepChain(List<RunningStep> steps, End end) {

    @FunctionalInterface
    interface RunningStep {
        /** Returns whether the record continues. */
        boolean on(EvaluatedRecord event, Stage.Running stage);
    }

    @FunctionalInterface
    interface End {
        /** Processes the record after all steps, such as by writing it. */
        void take(EvaluatedRecord event, Stage.Running stage);
    }

    void run(EvaluatedRecord event, Stage.Running stage) {
        for (RunningStep each : steps) {
            if (!each.on(event, stage)) {
                return;
            }
        }
        end.take(event, stage);
    }
}
