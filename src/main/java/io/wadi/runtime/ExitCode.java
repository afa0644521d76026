package io.wadi.runtime;

import io.wadi.runtime.health.FatalErrors;

/**
 * How the process ends. What keeps it from starting has the code that {@code sysexits.h} gives to its kind, which systemd shows by
 * name.
 */
public enum ExitCode {
    /** Everything that had been begun is finished. */
    DRAINED(0),
    /** It could not start, for a reason of no other kind. */
    FAILED(1),
    /** Something is left, which the next start does. */
    LEFT(2),
    /** The JVM ran out of memory or failed otherwise; the same as with {@code -XX:+ExitOnOutOfMemoryError}. */
    FATAL(FatalErrors.EXIT_CODE),
    /** EX_USAGE: its arguments are not understood. */
    USAGE(64),
    /** EX_NOINPUT: a file or directory of the configuration is not there or cannot be read. */
    NO_INPUT(66),
    /** EX_UNAVAILABLE: a port, or a directory of state, is in use by another process. */
    UNAVAILABLE(69),
    /** EX_CONFIG: what the configuration says cannot be used. */
    CONFIGURATION(78);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    /** What the operating system is told. */
    public int number() {
        return number;
    }
}
