package io.wadi.bench;

import java.util.List;

/**
 * The result of one round of one subject with a closed load: each connection waits for its responses.
 *
 * @param requests responses per second; NaN without requests
 * @param events acknowledged events per second
 * @param p50Ms median latency of requests
 * @param p99Ms 99th percentile of the latency
 * @param p999Ms 99.9th percentile of the latency
 * @param cpuMicrosPerRequest CPU time of the subject's process per request, without its JIT compilers
 * @param cpuMicrosPerEvent the same per event
 * @param compilersMicrosPerEvent CPU time of its JIT compilers per event, which each process needs in its first minutes
 *    whatever its work is
 * @param heapMib maximum heap in use after a garbage collection
 * @param failures the number of requests without a 2xx response
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

    /** Returns the result of a producer without clients. */
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
