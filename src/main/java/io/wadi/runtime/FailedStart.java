package io.wadi.runtime;

/**
 * Ends the process if its start turns out to have failed after the routes were started. Bound in the registry of a
 * process that runs only the pipeline; without it, health reports the reason.
 */
@FunctionalInterface
public interface FailedStart {
    void end(NotStartedException why);
}
