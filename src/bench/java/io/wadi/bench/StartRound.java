package io.wadi.bench;

import java.util.List;

/**
 * What one start came to, from when the process was begun.
 *
 * @param receiptMillis until the first event was acknowledged
 * @param landedMillis until that event was in a visible file; NaN for subjects without landing
 * @param cpuSeconds until the first event was acknowledged
 * @param compilersSeconds of these, those of the JVM's compilers
 * @param residentMib some seconds later, with nothing to do
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
