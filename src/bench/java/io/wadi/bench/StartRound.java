package io.wadi.bench;

import java.util.List;

/**
 * The result of one start, measured from the creation of the process.
 *
 * @param receiptMillis the time until the first event was acknowledged
 * @param landedMillis the time until that event was in a visible file; NaN for subjects without landing
 * @param cpuSeconds CPU time until the first event was acknowledged
 * @param compilersSeconds the part of this time in JIT compiler threads
 * @param residentMib resident memory some seconds later, when idle
 */
record StartRound(
        double receiptMillis, double landedMillis, double cpuSeconds, double compilersSeconds, double residentMib) {
    static final List<Figure<StartRound>> FIGURES = List.of(
            Figure.compared("receipt_ms", "receipt ms", "ratios", StartRound::receiptMillis),
            Figure.of("landed_ms", "landed ms", StartRound::landedMillis),
            Figure.of("cpu_ms", "CPU ms", round -> round.cpuSeconds * 1e3),
            Figure.of("compilers_cpu_ms", "compilers'", round -> round.compilersSeconds * 1e3),
            Figure.of("resident_mib", "resident MiB", StartRound::residentMib));
}
