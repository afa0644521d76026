package io.wadi.bench;

import java.util.List;
import java.util.Properties;

/**
 * The result of one round of one subject that processes a prefilled topic of documents.
 *
 * @param documents the number of documents
 * @param seconds the time from the first fetched records to the end: the last commit if documents are indexed, the last
 *    visible document or alert if they are routed
 * @param cpuSeconds CPU time of the subject's process in that time
 * @param serversCpuSeconds CPU time of the servers in that time: Kafka and, if documents are indexed, Elasticsearch
 * @param peakHeapMib maximum heap in use after a garbage collection
 */
record DocumentsRound(long documents, double seconds, double cpuSeconds, double serversCpuSeconds, double peakHeapMib) {
    private static final double MIB = 1 << 20;

    static final List<Figure<DocumentsRound>> FIGURES = List.of(
            Figure.compared("documents_per_s", "documents/s", "ratios", DocumentsRound::rate),
            Figure.compared(
                    "cpu_us_per_document", "CPU us/doc", "cpu_ratios", round -> micros(round.cpuSeconds, round)),
            Figure.of("servers_cpu_us_per_document", "servers'", round -> micros(round.serversCpuSeconds, round)),
            Figure.of("cpu_share", "share of both", DocumentsRound::share),
            Figure.of("peak_heap_mib", "heap MiB", DocumentsRound::peakHeapMib));

    static DocumentsRound of(long documents, Properties result) {
        return new DocumentsRound(
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

    private static double micros(double ofSeconds, DocumentsRound round) {
        return ofSeconds * 1e6 / round.documents;
    }

    /** Returns the subject's share of the CPU time that it and the servers use. */
    double share() {
        return cpuSeconds / (cpuSeconds + serversCpuSeconds);
    }
}
