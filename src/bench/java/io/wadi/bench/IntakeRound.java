package io.wadi.bench;

import java.util.List;

/**
 * What one round of one subject came to where each connection waits for its answers.
 *
 * @param requests answered a second; NaN without requests
 * @param events acknowledged a second
 * @param p50Ms of the latency of requests
 * @param p99Ms of the same
 * @param p999Ms of the same
 * @param cpuMicrosPerRequest of the subject's process, without its compilers
 * @param cpuMicrosPerEvent the same
 * @param compilersMicrosPerEvent of its compilers, which each process needs in its first minutes whatever it has to do
 * @param heapMib the most that was in use after a garbage collection
 * @param failures requests that were not answered with 2xx
 */
record IntakeRound(
        double requests,
        double events,
        double p50Ms,
        double p99Ms,
        double p999Ms,
        double cpuMicrosPerRequest,
        double cpuMicrosPerEvent,
        double compilersMicrosPerEvent,
        double heapMib,
        double failures) {
    static final List<Figure<IntakeRound>> FIGURES = List.of(
            Figure.compared("events_per_s", "events/s", "ratios", IntakeRound::events),
            Figure.of("requests_per_s", "requests/s", IntakeRound::requests),
            Figure.of("p50_ms", "p50 ms", IntakeRound::p50Ms),
            Figure.compared("p99_ms", "p99 ms", "p99_ratios", IntakeRound::p99Ms),
            Figure.of("p999_ms", "p99.9 ms", IntakeRound::p999Ms),
            Figure.of("cpu_us_per_request", "CPU us/req", IntakeRound::cpuMicrosPerRequest),
            Figure.compared("cpu_us_per_event", "CPU us/event", "cpu_ratios", IntakeRound::cpuMicrosPerEvent),
            Figure.of("compilers_cpu_us_per_event", "compilers'", IntakeRound::compilersMicrosPerEvent),
            Figure.of("peak_heap_mib", "heap MiB", IntakeRound::heapMib),
            Figure.of("failures", "failures", IntakeRound::failures));

    static IntakeRound of(Wrk.Result sent, int each, ServerProcess.Spent spent) {
        double seconds = sent.micros() / 1e6;
        double cpuPerRequest = micros(spent.cpuSeconds() - spent.compilersSeconds(), sent.requests());
        return new IntakeRound(
                sent.requests() / seconds,
                sent.accepted() * each / seconds,
                sent.p50() / 1e3,
                sent.p99() / 1e3,
                sent.p999() / 1e3,
                cpuPerRequest,
                cpuPerRequest / each,
                micros(spent.compilersSeconds(), sent.requests()) / each,
                spent.peakHeapMib(),
                sent.failures());
    }

    /** Of a producer without clients. */
    static IntakeRound filling(long records, double seconds, ServerProcess.Spent spent) {
        double cpu = micros(spent.cpuSeconds() - spent.compilersSeconds(), records);
        double compilers = micros(spent.compilersSeconds(), records);
        double none = Double.NaN;
        return new IntakeRound(none, records / seconds, none, none, none, none, cpu, compilers, spent.peakHeapMib(), 0);
    }

    private static double micros(double seconds, long each) {
        return seconds * 1e6 / each;
    }
}
