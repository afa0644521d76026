package io.wadi.local.soak;

import java.time.Instant;
import java.util.List;

/**
 * All that a run has found.
 *
 * @param seconds for how long events were sent
 * @param offered how many
 * @param faults what became of each, in their order
 * @param problems what went wrong besides, in words: a process that ended by itself, lag that did not go
 */
record SoakResult(
        SoakOptions options,
        Instant begun,
        double seconds,
        int offered,
        List<Recovery> faults,
        List<Traffic> traffic,
        List<Look> looks,
        List<ProcessSample> samples,
        List<String> problems,
        Oracle.Found found) {

    /** Whether nothing was lost, nothing doubled and nothing else went wrong. */
    boolean isWell() {
        return found.isWell() && problems.isEmpty();
    }

    /** What each process grew by. */
    List<Growth> growth() {
        return Growth.of(samples);
    }
}
