package io.wadi.bench;

import java.util.List;
import java.util.Properties;

/**
 * The result of one round of one subject that runs a topology.
 *
 * @param work the work from the first fetched records until all are committed; for a restart from the start until the
 *    state is ready
 * @param stateMib the size of its state in Kafka at the end; NaN if it has none
 */
record StreamsRound(DocumentsRound work, double stateMib) {
    private static final Figure<StreamsRound> STATE = Figure.of("state_mib", "state MiB", StreamsRound::stateMib);
    private static final Figure<StreamsRound> HEAP =
            Figure.of("peak_heap_mib", "heap MiB", round -> round.work.peakHeapMib());

    static final List<Figure<StreamsRound>> WORKED = List.of(
            Figure.compared("records_per_s", "records/s", "ratios", round -> round.work.rate()),
            Figure.compared(
                    "cpu_us_per_record",
                    "CPU us/rec",
                    "cpu_ratios",
                    round -> perRecord(round, round.work.cpuSeconds())),
            Figure.of(
                    "servers_cpu_us_per_record", "Kafka's", round -> perRecord(round, round.work.serversCpuSeconds())),
            HEAP,
            STATE);

    static final List<Figure<StreamsRound>> RESTARTED = List.of(
            Figure.compared("ready_ms", "ready after ms", "ratios", round -> round.work.seconds() * 1e3),
            Figure.of("cpu_ms", "CPU ms", round -> round.work.cpuSeconds() * 1e3),
            HEAP,
            STATE);

    static StreamsRound of(long records, Properties result, double stateMib) {
        return new StreamsRound(DocumentsRound.of(records, result), stateMib);
    }

    private static double perRecord(StreamsRound round, double seconds) {
        return seconds * 1e6 / round.work.documents();
    }
}
