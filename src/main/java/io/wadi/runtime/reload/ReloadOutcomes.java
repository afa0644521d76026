package io.wadi.runtime.reload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what became of changed files, and says whether they are other than what runs. */
final class ReloadOutcomes {
    private final Counter applied;
    private final Counter refused;
    private volatile boolean isRefused;

    /**
     * Registers its meters.
     *
     * @param changes the name of the one that counts
     * @param standing the name of the one that says whether they are refused now
     * @param files which files, in words
     */
    ReloadOutcomes(MeterRegistry meters, String changes, String standing, String files) {
        applied = counter(meters, changes, files, "applied");
        refused = counter(meters, changes, files, "refused");
        Gauge.builder(standing, () -> isRefused ? 1 : 0)
                .description("Whether the " + files + " are other than what runs, since they were refused")
                .register(meters);
    }

    private static Counter counter(MeterRegistry meters, String name, String files, String result) {
        return Counter.builder(name)
                .description("Changes of the " + files + ", by what became of them")
                .tag("result", result)
                .register(meters);
    }

    /** They are in force. */
    void applied() {
        applied.increment();
        isRefused = false;
    }

    /** They say what runs already. */
    void same() {
        isRefused = false;
    }

    void refused() {
        isRefused = true;
        refused.increment();
    }
}
