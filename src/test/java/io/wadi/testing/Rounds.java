package io.wadi.testing;

/** The number of repetitions of random tests. */
public final class Rounds {
    private static final boolean LONG = Boolean.getBoolean("test.long");

    private Rounds() {}

    /** Returns the first number in the default suite, the second in the long one ({@code -Plong}). */
    public static int of(int usual, int inALongRun) {
        return LONG ? inALongRun : usual;
    }
}
