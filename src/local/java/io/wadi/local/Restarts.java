package io.wadi.local;

import io.wadi.runtime.health.FatalErrors;
import java.time.Duration;
import java.util.List;

/**
 * The restarts of a pipeline after unexpected ends. The delay doubles from 1 s to 60 s, and is reset after a pipeline
 * has run for ten minutes.
 */
final class Restarts {
    static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    static final Duration MAX_DELAY = Duration.ofSeconds(60);
    static final Duration RESET_AFTER = Duration.ofMinutes(10);

    private static final int SIGNALED = 128;
    private static final String JVM_PREFIX = "Terminating due to ";

    private int count;
    private String cause = "";
    private Duration next = FIRST_DELAY;

    /** Returns the number of restarts. */
    int count() {
        return count;
    }

    /**
     * Returns how the previous pipeline ended, such as {@code was killed by signal 9 (exit code 137)}; empty before the
     * first restart.
     */
    String cause() {
        return cause;
    }

    /**
     * Counts a restart.
     *
     * @param ran how long the pipeline ran
     * @param lastLines its last output
     * @return the delay before the restart
     */
    Duration after(Duration ran, int exitCode, List<String> lastLines) {
        if (ran.compareTo(RESET_AFTER) >= 0) {
            next = FIRST_DELAY;
        }
        Duration delay = next;
        next = next.multipliedBy(2).compareTo(MAX_DELAY) < 0 ? next.multipliedBy(2) : MAX_DELAY;
        count++;
        cause = cause(exitCode, lastLines);
        return delay;
    }

    private static String cause(int exitCode, List<String> lastLines) {
        if (exitCode == FatalErrors.EXIT_CODE) {
            return "ended by a fatal error (exit code %d): %s"
                    .formatted(
                            exitCode,
                            lastLines.stream()
                                    .filter(line -> line.startsWith(JVM_PREFIX) || line.startsWith(FatalErrors.PREFIX))
                                    .reduce((first, second) -> second)
                                    .orElse("see the log"));
        }
        return exitCode > SIGNALED
                ? "was killed by signal %d (exit code %d)".formatted(exitCode - SIGNALED, exitCode)
                : "ended by itself (exit code %d)".formatted(exitCode);
    }
}
