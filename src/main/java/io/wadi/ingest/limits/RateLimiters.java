package io.wadi.ingest.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.TimeMeter;

/**
 * The rate limiters of a limited number of clients. An evicted client starts with a full bucket again; a client with
 * many addresses gains nothing by that, since each address has its own bucket anyway. Thread-safe.
 */
public final class RateLimiters {
    private final Cache<Object, RateLimiter> known;
    private final TimeMeter time;

    public RateLimiters(long most, TimeMeter time) {
        this.known =
                Caffeine.newBuilder().maximumSize(most).executor(Runnable::run).build();
        this.time = time;
    }

    /**
     * Returns a client's rate limiter, a new one if the client is unknown or its rate has changed.
     *
     * @param id an address, or the name of a key or token
     */
    public RateLimiter find(Object id, Rate rate) {
        if (rate.isUnlimited()) {
            return RateLimiter.UNLIMITED;
        }
        RateLimiter client = known.getIfPresent(id);
        if (client != null && client.hasRate(rate)) {
            return client;
        }
        return known.asMap()
                .compute(id, (key, now) -> now != null && now.hasRate(rate) ? now : RateLimiter.of(rate, time));
    }

    long count() {
        known.cleanUp();
        return known.estimatedSize();
    }
}
