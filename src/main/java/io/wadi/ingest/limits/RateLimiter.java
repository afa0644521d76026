package io.wadi.ingest.limits;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A token bucket with one token for each event, which is initially full. Thread-safe. */
public final class RateLimiter {
    public static final RateLimiter UNLIMITED = new RateLimiter(Rate.UNLIMITED, null);

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Rate rate;
    private final Bucket bucket;

    private RateLimiter(Rate rate, Bucket bucket) {
        this.rate = rate;
        this.bucket = bucket;
    }

    static RateLimiter of(Rate rate, TimeMeter time) {
        return new RateLimiter(
                rate,
                Bucket.builder()
                        .withCustomTimePrecision(time)
                        .addLimit(limit ->
                                limit.capacity(rate.burst()).refillGreedy(rate.perSecond(), Duration.ofSeconds(1)))
                        .build());
    }

    boolean hasRate(Rate other) {
        return rate.equals(other);
    }

    /**
     * Takes a token.
     *
     * @return 0 if a token was available; otherwise the seconds until one is, rounded up
     */
    public int take() {
        if (bucket == null || bucket.tryConsume(1)) {
            return 0;
        }
        long nanos = bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, (nanos + SECOND - 1) / SECOND));
    }

    /** Takes tokens, even if the balance becomes negative. */
    public void charge(long events) {
        if (bucket != null && events > 0) {
            bucket.consumeIgnoringRateLimits(events);
        }
    }

    /** Returns the token of a call of {@link #take} to the bucket. */
    public void refund() {
        if (bucket != null) {
            bucket.addTokens(1);
        }
    }
}
