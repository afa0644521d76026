package io.wadi.ingest.limits;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.TimeMeter;

/**
 * The clients that have a rate: a bounded number of them. One that has to be forgotten for another begins anew; a sender with so
 * many addresses has as many rates anyway.
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
     * Finds a client or remembers a new one.
     *
     * @param id an address, or the name of a key or token
     */
    public RateLimiter find(Object id, Rate rate) {
        if (rate.isUnlimited()) {
            return RateLimiter.UNLIMITED;
        }
        RateLimiter client = known.getIfPresent(id);
        if (client != null && client.has(rate)) {
            return client;
        }
        return known.asMap().compute(id, (key, now) -> now != null && now.has(rate) ? now : RateLimiter.of(rate, time));
    }

    long count() {
        known.cleanUp();
        return known.estimatedSize();
    }
}
