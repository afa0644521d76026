package io.wadi.runtime;

import io.wadi.runtime.health.FatalErrors;

/**
 * The exit codes of the process. A failed start has the code of {@code sysexits.h} for its kind of error, which systemd
 * shows by name.
 */
public enum ExitCode {
    /** All work in flight was finished. */
    DRAINED(0),
    /** The start failed for another reason. */
    FAILED(1),
    /** Work in flight is unfinished; the next start repeats it. */
    LEFT(2),
    /** The JVM ran out of memory or failed otherwise; the same as with {@code -XX:+ExitOnOutOfMemoryError}. */
    FATAL(FatalErrors.EXIT_CODE),
    /** EX_USAGE: invalid arguments. */
    USAGE(64),
    /** EX_NOINPUT: a file or directory of the configuration is missing or unreadable. */
    NO_INPUT(66),
    /** EX_UNAVAILABLE: another process uses a port, or no name of a Kafka server can be resolved. */
    UNAVAILABLE(69),
    /** EX_CONFIG: the configuration is invalid. */
    CONFIGURATION(78);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
