package io.wadi.bench;

import java.util.List;

/**
 * The result of one round of processes that share a load.
 *
 * @param records the number of landed records
 * @param cpuSeconds CPU time of all processes, without their JIT compilers
 * @param compilersSeconds CPU time of their JIT compilers, which each process needs in its first minutes whatever its
 *    work is
 * @param serversCpuSeconds CPU time of Kafka and HDFS
 * @param peakHeapMib maximum heap in use after a garbage collection, in any of the processes
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
