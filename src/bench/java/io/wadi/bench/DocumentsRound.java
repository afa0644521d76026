package io.wadi.bench;

import java.util.List;
import java.util.Properties;

/**
 * What one round of one subject came to that goes through a prefilled topic of documents.
 *
 * @param documents how many there were
 * @param seconds from the first fetched records to the end: the last commit where documents are indexed, the last routed document or alert
 *     that is visible where they are routed
 * @param cpuSeconds of its process in that time
 * @param serversCpuSeconds of the servers in that time: Kafka, and Elasticsearch where documents are indexed
 * @param peakHeapMib the most that was in use after a garbage collection
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

    /** The subject's part of the CPU that all spend: itself and the servers. */
    double share() {
        return cpuSeconds / (cpuSeconds + serversCpuSeconds);
    }
}
