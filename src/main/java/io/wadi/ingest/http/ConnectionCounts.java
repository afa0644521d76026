package io.wadi.ingest.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.runtime.telemetry.EnumCounters;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts open connections, and connections closed or requests canceled because of their clients: the meters {@code
 * wadi.ingest.connections} and {@code wadi.ingest.connections.ended}. Thread-safe.
 */
final class ConnectionCounts {
    private final AtomicInteger open = new AtomicInteger();
    private final EnumCounters<EndReason> ended;

    /** The reasons for closing a connection or canceling a request. */
    enum EndReason {
        /** The limit of all connections or of one client's connections was reached. */
        TOO_MANY,
        /** Memory was exhausted, or the client exceeded its share of it. */
        MEMORY_LIMIT,
        /** A body was not chunked as its headers declared, or its chunks or DATA frames were too small. */
        BROKEN,
        /** The TLS handshake failed or took too long. */
        HANDSHAKE,
        /** The connection had no request for too long. */
        UNUSED,
        /** A body arrived too slowly; over HTTP/2, only its request was canceled. */
        SLOW,
        /** The client did not read its responses. */
        UNREAD,
        /** The client sent useless HTTP/2 frames or TLS records, or reset too many streams. */
        FLOOD
    }

    ConnectionCounts(MeterRegistry meters) {
        Gauge.builder("wadi.ingest.connections", open::get)
                .description("Open connections to the event endpoint")
                .register(meters);
        ended = new EnumCounters<>(
                EndReason.class,
                "reason",
                Counter.builder("wadi.ingest.connections.ended")
                        .description(
                                "Connections closed and HTTP/2 requests canceled because of their clients, by reason")
                        .withRegistry(meters));
    }

    /** Counts a new connection; returns false without counting it if the limit is reached. */
    boolean open(int maxConnections) {
        if (open.incrementAndGet() > maxConnections) {
            open.decrementAndGet();
            ended(EndReason.TOO_MANY);
            return false;
        }
        return true;
    }

    /** Returns the number of open connections. */
    int open() {
        return open.get();
    }

    void closed() {
        open.decrementAndGet();
    }

    void ended(EndReason reason) {
        ended.increment(reason);
    }
}
