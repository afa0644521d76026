package io.wadi.ingest.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections there are, and how many were ended, or had a request ended, for what their clients did: the meters
 * {@code wadi.ingest.connections} and {@code wadi.ingest.connections.ended}. Thread-safe.
 */
final class ConnectionCounts {
    private final AtomicInteger open = new AtomicInteger();
    private final Map<Why, Counter> ended = new EnumMap<>(Why.class);

    /** Why a connection was ended. */
    enum Why {
        /** There were as many as may be, in all or of one client. */
        TOO_MANY,
        /** There was no room for what it held, or its client held more than its share. */
        NO_ROOM,
        /** A body was not in the chunked coding that its head had announced. */
        BROKEN,
        /** Its TLS handshake failed, or took too long. */
        HANDSHAKE,
        /** It was without a request for too long. */
        UNUSED,
        /** A body came too slowly; over HTTP/2 its request alone was ended. */
        SLOW,
        /** Its client did not take its answers. */
        UNREAD,
        /** It brought frames of HTTP/2 that are of no use, or took too many requests back. */
        FLOOD
    }

    ConnectionCounts(MeterRegistry meters) {
        Gauge.builder("wadi.ingest.connections", open::get)
                .description("Connections to the events port")
                .register(meters);
        for (Why why : Why.values()) {
            Counter count = Counter.builder("wadi.ingest.connections.ended")
                    .description("Connections ended for what their clients did")
                    .tag("why", why.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .register(meters);
            ended.put(why, count);
        }
    }

    /** Counts a connection that has been made; does not, and returns false, where there are as many already. */
    boolean open(int most) {
        if (open.incrementAndGet() > most) {
            open.decrementAndGet();
            ended(Why.TOO_MANY);
            return false;
        }
        return true;
    }

    /** Returns the number of keys. */
    int open() {
        return open.get();
    }

    /** Counts one less. */
    void closed() {
        open.decrementAndGet();
    }

    void ended(Why why) {
        ended.get(why).increment();
    }
}
