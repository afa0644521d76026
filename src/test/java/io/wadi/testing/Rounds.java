package io.wadi.testing;

/** How often a test does again what differs by chance only. */
public final class Rounds {
    private static final boolean LONG = Boolean.getBoolean("test.long");

    private Rounds() {}

    /** The first number in the default suite, the second one in the long one ({@code -Plong}). */
    public static int of(int usual, int inALongRun) {
        return LONG ? inALongRun : usual;
    }
}
