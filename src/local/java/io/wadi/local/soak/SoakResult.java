package io.wadi.local.soak;

import java.time.Instant;
import java.util.List;

/**
 * The result of a run.
 *
 * @param seconds the duration of the load
 * @param offered the number of events that were due
 * @param faults the recoveries in the order of the faults
 * @param problems other problems, such as a process that ended unexpectedly
 */
record SoakResult(
        SoakOptions options,
        Instant begun,
        double seconds,
        int offered,
        List<Recovery> faults,
        List<Traffic> traffic,
        List<ProgressSample> progress,
        List<ProcessSample> samples,
        List<String> problems,
        Oracle.Found found) {

    /** Returns whether events were stored, none was lost or duplicated, and there were no problems. */
    boolean isWell() {
        return found.receipted() > 0 && found.isWell() && problems.isEmpty();
    }

    /** Returns the growth of each process. */
    List<Growth> growth() {
        return Growth.of(samples);
    }
}
