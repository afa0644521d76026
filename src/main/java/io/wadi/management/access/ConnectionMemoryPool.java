package io.wadi.management.access;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.runtime.security.Proxies;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * What the connections of the management port hold in all: requests that are not answered, and answers that their clients have not
 * taken. One network may hold half of what all may, unless it is a proxy's. Thread-safe.
 */
final class ConnectionMemoryPool {
    private final long most;
    private final Proxies proxies;
    private final Map<InetAddress, Long> byNetwork = new HashMap<>();
    private long held;

    /** Takes the bytes that all connections may hold. */
    ConnectionMemoryPool(long most, Proxies proxies, MeterRegistry meters) {
        this.most = most;
        this.proxies = proxies;
        Gauge.builder("wadi.management.held.bytes", this, ConnectionMemoryPool::held)
                .description(
                        "Bytes that connections to the management port hold: requests without an answer, and answers that were not taken")
                .strongReference(true)
                .register(meters);
    }

    synchronized long held() {
        return held;
    }

    /** A connection that holds nothing yet. */
    Connection of(InetAddress peer) {
        return new Connection(proxies.network(peer, null), proxies.trusts(peer) ? most : most / 2);
    }

    private synchronized boolean add(InetAddress network, long share, long more) {
        long ofNetwork = byNetwork.getOrDefault(network, 0L) + more;
        if (more > 0 && (held + more > most || ofNetwork > share)) {
            return false;
        }
        held += more;
        if (ofNetwork == 0) {
            byNetwork.remove(network);
        } else {
            byNetwork.put(network, ofNetwork);
        }
        return true;
    }

    /** What one connection holds. On its event loop. */
    final class Connection {
        private final InetAddress network;
        private final long share;
        private long charged;

        private Connection(InetAddress network, long share) {
            this.network = network;
            this.share = share;
        }

        /** Holds so much from now on; does not, and returns false, where there is no room for it. */
        boolean holds(long bytes) {
            if (bytes != charged) {
                if (!add(network, share, bytes - charged)) {
                    return false;
                }
                charged = bytes;
            }
            return true;
        }
    }
}
