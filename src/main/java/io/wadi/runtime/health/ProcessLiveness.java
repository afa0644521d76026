package io.wadi.runtime.health;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A check for conditions that only a restart of the process resolves, such as deadlocked threads. */
public final class ProcessLiveness implements Prober.Probe {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Supplier<Optional<String>> stuck;
    private final String restarts;

    /**
     * Creates the check.
     *
     * @param stuck returns the description of another such condition; empty if there is none
     * @param restarts a description of earlier restarts for the message; empty if there were none
     */
    public ProcessLiveness(Supplier<Optional<String>> stuck, String restarts) {
        this.stuck = stuck;
        this.restarts = restarts;
    }

    @Override
    public CheckResult check() {
        long[] deadlocked = threads.findDeadlockedThreads();
        if (deadlocked != null) {
            return CheckResult.fault("deadlocked threads: "
                    + Arrays.stream(threads.getThreadInfo(deadlocked))
                            .filter(Objects::nonNull)
                            .map(ThreadInfo::getThreadName)
                            .sorted()
                            .collect(Collectors.joining(", ")));
        }
        return stuck.get()
                .map(CheckResult::fault)
                .orElseGet(() -> CheckResult.proof(
                        restarts.isEmpty() ? "no thread is stuck" : "no thread is stuck; " + restarts));
    }
}
