package io.wadi.bench;

import java.util.List;

/**
 * The result of one round of a mirror, from when half of the records were in the other cluster until all were.
 *
 * @param records the records copied in that time
 * @param seconds that time
 * @param wholeSeconds the time from the start of the process until all records were copied
 * @param cpuSeconds CPU time of the mirror's process in that time, without its JIT compilers
 * @param compilersSeconds CPU time of its JIT compilers
 * @param serversCpuSeconds CPU time of both clusters
 * @param peakHeapMib maximum heap in use after a garbage collection
 */
record MirrorRound(
        long records,
        double seconds,
        double wholeSeconds,
        double cpuSeconds,
        double compilersSeconds,
        double serversCpuSeconds,
        double peakHeapMib) {
    static final List<Figure<MirrorRound>> FIGURES = List.of(
            Figure.compared("records_per_s", "records/s", "ratios", MirrorRound::rate),
            Figure.compared("cpu_us_per_record", "CPU us/rec", "cpu_ratios", round -> micros(round.cpuSeconds, round)),
            Figure.of("compilers_cpu_us_per_record", "compilers'", round -> micros(round.compilersSeconds, round)),
            Figure.of("servers_cpu_us_per_record", "servers'", round -> micros(round.serversCpuSeconds, round)),
            Figure.of("whole_s", "whole s", MirrorRound::wholeSeconds),
            Figure.of("peak_heap_mib", "heap MiB", MirrorRound::peakHeapMib));

    double rate() {
        return records / seconds;
    }

    private static double micros(double seconds, MirrorRound round) {
        return seconds * 1e6 / round.records;
    }
}
