package io.wadi.runtime.health;

/**
 * The result of one health check.
 *
 * @param isFault whether the check failed
 * @param message what succeeded, or what failed and where
 */
public record CheckResult(boolean isFault, String message) {
    public static CheckResult proof(String message) {
        return new CheckResult(false, message);
    }

    public static CheckResult fault(String message) {
        return new CheckResult(true, message);
    }
}
