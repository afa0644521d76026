package io.wadi.runtime;

/** Thrown if the pipeline cannot start; the message contains the reason and the remedy. It has no stack trace. */
public final class NotStartedException extends RuntimeException {
    private final ExitCode code;

    public NotStartedException(ExitCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** Returns the message with a heading, for standard error. */
    public String report() {
        StringBuilder report = new StringBuilder("Wadi cannot start:\n");
        getMessage().lines().forEach(line -> report.append("  ").append(line).append('\n'));
        return report.toString();
    }

    /** Returns the exit code of the process. */
    public ExitCode code() {
        return code;
    }
}
