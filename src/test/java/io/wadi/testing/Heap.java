package io.wadi.testing;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The heap of this JVM. */
public final class Heap {
    /** Enough to outlast threads of earlier tests that are still ending. */
    private static final int MAX_ROUNDS = 31;
    /** Measurements agree if they differ by at most these bytes, or by two percent. */
    private static final long TOLERANCE = 16 << 10;

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
     * Returns the bytes that become free when a new object is no longer referenced: the first measurement with which an
     * earlier one agrees, since other threads, and objects of earlier tests, change the heap meanwhile. If no two agree,
     * returns the median.
     */
    public static long retained(Supplier<?> create) {
        List<Long> earlier = new ArrayList<>();
        while (earlier.size() < MAX_ROUNDS) {
            measured = create.get();
            long with = used();
            measured = null;
            long bytes = with - used();
            if (earlier.stream().anyMatch(each -> Math.abs(each - bytes) <= Math.max(TOLERANCE, bytes / 50))) {
                return bytes;
            }
            earlier.add(bytes);
        }
        return earlier.stream().sorted().skip(MAX_ROUNDS / 2).findFirst().orElseThrow();
    }
}
