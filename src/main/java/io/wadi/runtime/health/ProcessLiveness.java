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

/** Looks for what only a restart of the process helps against: threads that wait for each other for good, and what others say. */
public final class ProcessLiveness implements Prober.Probe {
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final List<Supplier<Optional<String>>> others;
    private final String restarts;

    /** Takes what else only a restart helps against: each says what it is, in words, or nothing. */
    public ProcessLiveness(List<Supplier<Optional<String>>> others) {
        this(others, "");
    }

    /** Takes the same, and what to say of earlier restarts, in words. */
    public ProcessLiveness(List<Supplier<Optional<String>>> others, String restarts) {
        this.others = List.copyOf(others);
        this.restarts = restarts;
    }

    @Override
    public CheckResult look() {
        long[] deadlocked = threads.findDeadlockedThreads();
        if (deadlocked != null) {
            return CheckResult.fault("threads wait for each other for good: "
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
