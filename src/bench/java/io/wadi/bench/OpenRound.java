package io.wadi.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * The result of one round of one subject with an open load.
 *
 * @param capacity the requests per second that the subject accepted before, with a closed load
 * @param load the outcome of the requests
 * @param heapMib maximum heap in use after a garbage collection
 */
record OpenRound(double capacity, OpenLoad.Result load, double heapMib) {
    static final List<Figure<OpenRound>> FIGURES = List.of(
            Figure.compared("goodput_per_s", "goodput/s", "ratios", round -> round.load.goodput()),
            Figure.of("capacity_per_s", "capacity/s", OpenRound::capacity),
            Figure.of("goodput_share", "goodput/cap.", round -> round.load.goodput() / round.capacity),
            Figure.of("offered_per_s", "offered/s", round -> round.load.offered()),
            Figure.of("refused_per_s", "refused/s", round -> round.load.refusals()),
            Figure.of("given_up_per_s", "given up/s", round -> round.load.givenUp()),
            Figure.of("p50_ms", "p50 ms", round -> ms(round.load.accepted, 50)),
            Figure.compared("p99_ms", "p99 ms", "p99_ratios", round -> ms(round.load.accepted, 99)),
            Figure.of("p999_ms", "p99.9 ms", round -> ms(round.load.accepted, 99.9)),
            Figure.of("refused_p99_ms", "refused p99", round -> ms(round.load.refused, 99)),
            Figure.of("refused_p99_since_sent_ms", "since sent", round -> ms(round.load.refusing, 99)),
            Figure.of("peak_heap_mib", "heap MiB", OpenRound::heapMib),
            Figure.of("failures", "failures", round -> round.load.failures()));

    private static double ms(Histogram micros, double percentile) {
        return micros.getTotalCount() == 0 ? Double.NaN : micros.getValueAtPercentile(percentile) / 1e3;
    }
}
