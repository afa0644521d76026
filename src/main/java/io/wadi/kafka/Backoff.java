package io.wadi.kafka;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** The delay before a failed partition is retried. */
public final class Backoff {
    private static final long FIRST_MS = 200;
    private static final long MAX_MS = 10_000;
    private static final int MAX_DOUBLINGS = 16;

    private Backoff() {}

    /**
     * Returns a delay that doubles with each failure from 200 ms to 10 s. It is reduced by a random part of up to a
     * quarter, so that partitions do not all retry at the same time.
     *
     * @param failures the number of consecutive failures, at least 1
     */
    public static Duration after(int failures) {
        long full = Math.min(MAX_MS, FIRST_MS << Math.min(failures - 1, MAX_DOUBLINGS));
        return Duration.ofMillis(full - ThreadLocalRandom.current().nextLong(full / 4 + 1));
    }
}
