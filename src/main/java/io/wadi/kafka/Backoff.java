package io.wadi.kafka;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long a partition waits after a failure before it is tried again. */
public final class Backoff {
    private static final long FIRST_MS = 200;
    private static final long LONGEST_MS = 10_000;
    private static final int LAST_DOUBLING = 16;

    private Backoff() {}

    /**
     * Doubling from 200 ms to 10 s, less up to a quarter at random, so that many do not try again as one.
     *
     * @param failures how often in a row it has failed, from 1 on
     */
    public static Duration after(int failures) {
        long full = Math.min(LONGEST_MS, FIRST_MS << Math.min(failures - 1, LAST_DOUBLING));
        return Duration.ofMillis(full - ThreadLocalRandom.current().nextLong(full / 4 + 1));
    }
}
