package io.wadi.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The result of one phase: the baseline or the attack.
 *
 * @param load the outcome of the honest requests
 * @param turnMs the longest turn of an event loop in elapsed time, without garbage collections
 * @param turnCpuMs the longest turn in CPU time of the event loop
 * @param turnsOver the number of seconds in which the CPU time of a turn exceeded 20 ms
 * @param cpuSeconds CPU time of Wadi's process; NaN if it has ended
 * @param hostileCpuSeconds CPU time of the hostile clients' process
 * @param heapMib heap in use after the last full collection
 * @param residentMib resident memory of Wadi's process at the end
 */
record SiegeRound(
        HonestLoad.Result load,
        double turnMs,
        double turnCpuMs,
        double turnsOver,
        double cpuSeconds,
        double hostileCpuSeconds,
        double heapMib,
        double residentMib) {
    static final List<Figure<SiegeRound>> FIGURES = List.of(
            Figure.compared("goodput_per_s", "goodput/s", "ratios", round -> round.load.goodput()),
            Figure.of("offered_per_s", "offered/s", round -> round.load.offered()),
            Figure.of("p50_ms", "p50 ms", round -> round.ms(50)),
            Figure.compared("p99_ms", "p99 ms", "p99_ratios", round -> round.ms(99)),
            Figure.of("p999_ms", "p99.9 ms", round -> round.ms(99.9)),
            Figure.compared("p99_warm_ms", "p99 warm", "p99_warm_ratios", round -> ms(round.load.acceptedWarm, 99)),
            Figure.of("refused", "refused", round -> round.load.refused()),
            Figure.of("failed", "failed", round -> round.load.failed()),
            Figure.of("given_up", "given up", round -> round.load.givenUp()),
            Figure.of("longest_turn_ms", "turn ms", SiegeRound::turnMs),
            Figure.of("longest_turn_cpu_ms", "turn CPU ms", SiegeRound::turnCpuMs),
            Figure.of("seconds_with_turns_over_20_ms", "s over 20 ms", SiegeRound::turnsOver),
            Figure.of("cpu_s", "CPU s", SiegeRound::cpuSeconds),
            Figure.of("hostile_cpu_s", "hostile CPU s", SiegeRound::hostileCpuSeconds),
            Figure.of("heap_mib", "heap MiB", SiegeRound::heapMib),
            Figure.of("resident_mib", "RSS MiB", SiegeRound::residentMib));

    private double ms(double percentile) {
        return ms(load.accepted, percentile);
    }

    private static double ms(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? Double.NaN : micros.getValueAtPercentile(percentile) / 1e3;
    }
}
