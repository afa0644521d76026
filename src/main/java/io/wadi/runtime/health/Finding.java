package io.wadi.runtime.health;

/**
 * What was found at one look.
 *
 * @param isFault whether something is wrong
 * @param words what was proven, or what failed and where; for people
 */
public record Finding(boolean isFault, String words) {
    /** All is well, and this is what proves it. */
    public static Finding proof(String words) {
        return new Finding(false, words);
    }

    /** This is wrong. */
    public static Finding fault(String words) {
        return new Finding(true, words);
    }
}
