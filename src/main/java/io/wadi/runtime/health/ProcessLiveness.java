package io.wadi.runtime.health;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A check for conditions that only a restart of the process resolves: deadlocked threads, and further conditions. */
public final class ProcessLiveness implements Prober.Probe {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final List<Supplier<Optional<String>>> others;
    private final String restarts;

    /** Creates the check; each further condition returns its description if it holds. */
    public ProcessLiveness(List<Supplier<Optional<String>>> others) {
        this(others, "");
    }

    /** Creates the check with a description of earlier restarts for its message. */
    public ProcessLiveness(List<Supplier<Optional<String>>> others, String restarts) {
        this.others = List.copyOf(others);
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
        return others.stream()
                .map(Supplier::get)
                .flatMap(Optional::stream)
                .findFirst()
                .map(CheckResult::fault)
                .orElseGet(() -> CheckResult.proof(
                        restarts.isEmpty() ? "no thread is stuck" : "no thread is stuck; " + restarts));
    }
}
