package io.wadi.runtime;

/** It cannot start: the message says why, for a person, and what to do. Without a stack trace. */
public final class NotStartedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    /** Says why, and with which exit code the process ends. */
    public NotStartedException(ExitCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** Why, as it is printed: with a heading, and a line each. */
    public String said() {
        StringBuilder said = new StringBuilder("Wadi cannot start:\n");
        getMessage().lines().forEach(line -> said.append("  ").append(line).append('\n'));
        return said.toString();
    }

    /** What the process ends with. */
    public ExitCode code() {
        return code;
    }
}
