package io.wadi.management.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.runtime.security.Proxies;
import java.net.InetAddress;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the connections to the management port, and those that were ended for what their clients did: the meters
 * {@code wadi.management.connections} and {@code wadi.management.connections.ended}. Thread-safe.
 */
final class ConnectionCounts {
    private final int most;
    private final Proxies proxies;
    private final AtomicInteger open = new AtomicInteger();
    private final Map<InetAddress, Integer> byNetwork = new HashMap<>();
    private final Map<Why, Counter> ended = new EnumMap<>(Why.class);

    /** Why a connection was ended. */
    enum Why {
        /** There were as many as may be, of all clients or of its network. */
        TOO_MANY,
        /** It brought no request for too long, or not all of one's headers. */
        UNUSED,
        /** A request's body took too long. */
        SLOW,
        /** Its client did not take an answer for too long. */
        UNREAD,
        /** It brought too many requests, or too much of them, before their answers. */
        SENT_AHEAD,
        /** There was no room for what it held, or its network held more than its share. */
        NO_ROOM
    }

    /**
     * Takes the limit, of which one network may have half, unless it is a proxy's.
     *
     * @param most connections at a time
     */
    ConnectionCounts(int most, Proxies proxies, MeterRegistry meters) {
        this.most = most;
        this.proxies = proxies;
        Gauge.builder("wadi.management.connections", open::get)
                .description("Connections to the management port")
                .strongReference(true)
                .register(meters);
        for (Why why : Why.values()) {
            Counter counter = Counter.builder("wadi.management.connections.ended")
                    .description("Connections to the management port that were ended for what their clients did")
                    .tag("why", why.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .register(meters);
            ended.put(why, counter);
        }
    }

    /** Counts a connection that has been made; does not, and returns false, where there are too many already. */
    synchronized boolean open(InetAddress peer) {
        InetAddress network = proxies.network(peer, null);
        int share = proxies.trusts(peer) ? most : Math.max(1, most / 2);
        if (open.get() >= most || byNetwork.getOrDefault(network, 0) >= share) {
            ended(Why.TOO_MANY);
            return false;
        }
        open.incrementAndGet();
        byNetwork.merge(network, 1, Integer::sum);
        return true;
    }

    /** Counts one that was counted less. */
    synchronized void closed(InetAddress peer) {
        open.decrementAndGet();
        byNetwork.computeIfPresent(proxies.network(peer, null), (network, count) -> count == 1 ? null : count - 1);
    }

    void ended(Why why) {
        ended.get(why).increment();
    }
}
