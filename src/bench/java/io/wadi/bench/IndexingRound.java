package io.wadi.bench;

import java.util.List;
import java.util.Properties;

/**
 * What one round of one subject came to.
 *
 * @param documents how many it indexed
 * @param seconds from the first fetched records to the last commit
 * @param cpuSeconds of its process in that time
 * @param serversCpuSeconds of Kafka and Elasticsearch in that time
 * @param peakHeapMib the most that was in use after a garbage collection
 */
record IndexingRound(long documents, double seconds, double cpuSeconds, double serversCpuSeconds, double peakHeapMib) {
    private static final double MIB = 1 << 20;

    static final List<Figure<IndexingRound>> FIGURES = List.of(
            Figure.compared("documents_per_s", "documents/s", "ratios", IndexingRound::rate),
            Figure.compared(
                    "cpu_us_per_document", "CPU us/doc", "cpu_ratios", round -> micros(round.cpuSeconds, round)),
            Figure.of("servers_cpu_us_per_document", "servers'", round -> micros(round.serversCpuSeconds, round)),
            Figure.of("cpu_share", "share of both", IndexingRound::share),
            Figure.of("peak_heap_mib", "heap MiB", IndexingRound::peakHeapMib));

    static IndexingRound of(long documents, Properties result) {
        return new IndexingRound(
                documents,
                figure(result, "seconds"),
                figure(result, "cpu-seconds"),
                figure(result, "servers-cpu-seconds"),
                figure(result, "peak-heap-bytes") / MIB);
    }

    private static double figure(Properties result, String name) {
        return Double.parseDouble(result.getProperty(name));
    }

    double rate() {
        return documents / seconds;
    }

    private static double micros(double ofSeconds, IndexingRound round) {
        return ofSeconds * 1e6 / round.documents;
    }

    /** The subject's part of the CPU that all spend: itself, Kafka and Elasticsearch. */
    double share() {
        return cpuSeconds / (cpuSeconds + serversCpuSeconds);
    }
}
