package io.wadi.runtime.health;

/**
 * What was found at one look.
 *
 * @param isFault whether something is wrong
 * @param words what was proven, or what failed and where; for people
 */
public record CheckResult(boolean isFault, String words) {
    /** All is well, and this is what proves it. */
    public static CheckResult proof(String words) {
        return new CheckResult(false, words);
    }

    /** This is wrong. */
    public static CheckResult fault(String words) {
        return new CheckResult(true, words);
    }
}
