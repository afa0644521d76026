package io.wadi.ingest.admission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.TimeMeter;

/**
 * The clients that have a rate: a bounded number of them. One that has to be forgotten for another begins anew; a sender with so
 * many addresses has as many rates anyway.
 */
final class Clients {
    private final Cache<Object, Client> known;
    private final TimeMeter time;

    Clients(long most, TimeMeter time) {
        this.known =
                Caffeine.newBuilder().maximumSize(most).executor(Runnable::run).build();
        this.time = time;
    }

    /**
     * Finds a client or remembers a new one.
     *
     * @param id an address, or the name of a key or token
     */
    Client find(Object id, Rate rate) {
        if (rate.isUnlimited()) {
            return Client.UNLIMITED;
        }
        Client client = known.getIfPresent(id);
        if (client != null && client.has(rate)) {
            return client;
        }
        return known.asMap().compute(id, (key, now) -> now != null && now.has(rate) ? now : Client.of(rate, time));
    }

    long count() {
        known.cleanUp();
        return known.estimatedSize();
    }
}
