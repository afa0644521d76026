package io.wadi.bench;

import java.util.List;

/**
 * What one round of some processes came to that share a load.
 *
 * @param records that were landed
 * @param cpuSeconds of all processes together, without their compilers
 * @param compilersSeconds of their compilers, which each process needs in its first minutes whatever it has to do
 * @param serversCpuSeconds of Kafka and HDFS
 * @param peakHeapMib the most that was in use after a garbage collection, in any of them
 */
record ScaleRound(
        long records, double cpuSeconds, double compilersSeconds, double serversCpuSeconds, double peakHeapMib) {
    static final List<Figure<ScaleRound>> FIGURES = List.of(
            Figure.compared("cpu_us_per_record", "CPU us/rec", "ratios", round -> micros(round.cpuSeconds, round)),
            Figure.of("compilers_cpu_us_per_record", "compilers'", round -> micros(round.compilersSeconds, round)),
            Figure.of("servers_cpu_us_per_record", "servers'", round -> micros(round.serversCpuSeconds, round)),
            Figure.of("peak_heap_mib", "heap MiB", ScaleRound::peakHeapMib));

    private static double micros(double seconds, ScaleRound round) {
        return seconds * 1e6 / round.records;
    }
}
