package io.wadi.runtime.reload;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** Meters of hot reload: applied and rejected changes, and whether the current files are rejected. */
final class ReloadOutcomes {
    private final Counter applied;
    private final Counter refused;
    private volatile boolean isRefused;

    /**
     * Registers the meters.
     *
     * @param changes the name of the counter
     * @param refusedNow the name of the gauge that is 1 while the files are rejected
     * @param files a plural noun for the descriptions
     */
    ReloadOutcomes(MeterRegistry meters, String changes, String refusedNow, String files) {
        applied = counter(meters, changes, files, "applied");
        refused = counter(meters, changes, files, "refused");
        Gauge.builder(refusedNow, () -> isRefused ? 1 : 0)
                .description(
                        "1 while the " + files + " differ from the running configuration because they were rejected")
                .register(meters);
    }

    private static Counter counter(MeterRegistry meters, String name, String files, String result) {
        return Counter.builder(name)
                .description("Changes of the " + files + " by result")
                .tag("result", result)
                .register(meters);
    }

    void applied() {
        applied.increment();
        isRefused = false;
    }

    void unchanged() {
        isRefused = false;
    }

    void refused() {
        isRefused = true;
        refused.increment();
    }
}
