package io.wadi.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.Semaphore;

/**
 * Bounds failed logins: ten at once and ten a minute from an address; passwords are looked at two at a time. What is beyond is not
 * looked at. Thread-safe.
 */
final class Attempts {
    private static final int FAILURES = 10;
    private static final Duration PERIOD = Duration.ofMinutes(1);
    private static final int REMEMBERED = 10_000;
    private static final int AT_A_TIME = 2;

    private final TimeMeter clock;
    private final Semaphore room = new Semaphore(AT_A_TIME);
    private final Cache<String, Bucket> failures = Caffeine.newBuilder()
            .maximumSize(REMEMBERED)
            .executor(Runnable::run)
            .build();

    Attempts(TimeMeter clock) {
        this.clock = clock;
    }

    /** Whether a password from this address may be looked at now; then {@link #ended} follows. */
    boolean begin(String address) {
        return failures.get(address, this::bucket).getAvailableTokens() > 0 && room.tryAcquire();
    }

    /** It was looked at. */
    void ended(String address, boolean hasFailed) {
        room.release();
        if (hasFailed) {
            failures.get(address, this::bucket).tryConsume(1);
        }
    }

    private Bucket bucket(String address) {
        return Bucket.builder()
                .addLimit(Bandwidth.builder()
                        .capacity(FAILURES)
                        .refillGreedy(FAILURES, PERIOD)
                        .build())
                .withCustomTimePrecision(clock)
                .build();
    }
}
