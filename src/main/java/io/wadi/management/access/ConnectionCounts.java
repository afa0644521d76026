package io.wadi.management.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.wadi.runtime.security.Proxies;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits the connections to the management port, in total and per network, and counts the connections that were closed
 * because of their clients. Thread-safe.
 */
final class ConnectionCounts {
    private final int maxConnections;
    private final Proxies proxies;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<InetAddress, Integer> byNetwork = new HashMap<>();
    private final Map<Cause, Counter> ended = new EnumMap<>(Cause.class);

    /** The reason why a connection was closed. */
    enum Cause {
        /** The limit of connections was reached, in total or for the network. */
        TOO_MANY,
        /** The deadline for the headers of a request passed. */
        UNUSED,
        /** The deadline for the body of a request passed. */
        SLOW,
        /** A body was not in the chunked coding that its headers declared. */
        BROKEN,
        /** The deadline for reading a response passed. */
        UNREAD,
        /** The client sent too many or too large requests without waiting for the responses. */
        SENT_AHEAD,
        /** The limit of memory was reached, in total or for the network. */
        MEMORY_LIMIT
    }

    /**
     * Creates an instance without connections.
     *
     * @param maxConnections maximum number of connections; one network may have half of them, a trusted proxy all
     */
    ConnectionCounts(int maxConnections, Proxies proxies, MeterRegistry meters) {
        this.maxConnections = maxConnections;
        this.proxies = proxies;
        Gauge.builder("wadi.management.connections", open::get)
                .description("Connections to the management port")
                .strongReference(true)
                .register(meters);
        for (Cause cause : Cause.values()) {
            Counter counter = Counter.builder("wadi.management.connections.ended")
                    .description("Connections to the management port that were closed because of their clients")
                    .tag("reason", cause.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .register(meters);
            ended.put(cause, counter);
        }
    }

    /** Counts a new connection; returns false, without counting it, if there are too many. */
    synchronized boolean tryOpen(InetAddress peer) {
        InetAddress network = proxies.network(peer, null);
        int maxOfNetwork = proxies.trusts(peer) ? maxConnections : Math.max(1, maxConnections / 2);
        if (open.get() >= maxConnections || byNetwork.getOrDefault(network, 0) >= maxOfNetwork) {
            ended(Cause.TOO_MANY);
            return false;
        }
        open.incrementAndGet();
        byNetwork.merge(network, 1, Integer::sum);
        return true;
    }

    synchronized void closed(InetAddress peer) {
        open.decrementAndGet();
        byNetwork.computeIfPresent(proxies.network(peer, null), (network, count) -> count == 1 ? null : count - 1);
    }

    void ended(Cause cause) {
        ended.get(cause).increment();
    }

    void close(ChannelHandlerContext context, Cause cause) {
        ended(cause);
        context.close();
    }

    /** Returns whether a message ends a response. An interim response such as 100 Continue does not count. */
    static boolean endsResponse(Object message) {
        return message instanceof LastHttpContent
                && !(message instanceof HttpResponse response
                        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL);
    }
}
