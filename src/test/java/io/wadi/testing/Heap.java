package io.wadi.testing;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.Supplier;

/** The heap of this JVM. */
public final class Heap {
    private static final int ROUNDS = 3;

    /** The measured object, which must not be collected before. */
    @SuppressWarnings("UnusedVariable")
    private static volatile Object measured;

    private Heap() {}

    /** Returns the bytes in use after a full garbage collection. */
    public static long used() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /**
     * Returns the bytes that become free when a new object is no longer referenced: the median of several measurements,
     * since other threads, and objects of earlier tests, change the heap meanwhile.
     */
    public static long retained(Supplier<?> create) {
        long[] bytes = new long[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            measured = create.get();
            long with = used();
            measured = null;
            bytes[round] = with - used();
        }
        Arrays.sort(bytes);
        return bytes[ROUNDS / 2];
    }
}
