package io.wadi.management.access;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.runtime.security.Proxies;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits the memory of all connections of the management port: requests without a response, and responses that clients
 * have not read. One network may use half of the memory, a trusted proxy all of it. Thread-safe.
 */
final class ConnectionMemoryPool {
    private final long maxBytes;
    private final Proxies proxies;
    private final Map<InetAddress, Long> byNetwork = new HashMap<>();
    private long held;

    ConnectionMemoryPool(long maxBytes, Proxies proxies, MeterRegistry meters) {
        this.maxBytes = maxBytes;
        this.proxies = proxies;
        Gauge.builder("wadi.management.held.bytes", this, ConnectionMemoryPool::held)
                .description(
                        "Bytes that connections to the management port hold: unanswered requests, and responses that clients have not read")
                .strongReference(true)
                .register(meters);
    }

    synchronized long held() {
        return held;
    }

    /** Creates the account of a new connection. */
    Connection of(InetAddress peer) {
        return new Connection(proxies.network(peer, null), proxies.trusts(peer) ? maxBytes : maxBytes / 2);
    }

    private synchronized boolean add(InetAddress network, long maxOfNetwork, long more) {
        long ofNetwork = byNetwork.getOrDefault(network, 0L) + more;
        if (more > 0 && (held + more > maxBytes || ofNetwork > maxOfNetwork)) {
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

    /** The memory of one connection. Used on its event loop. */
    final class Connection {
        private final InetAddress network;
        private final long maxOfNetwork;
        private long reserved;

        private Connection(InetAddress network, long maxOfNetwork) {
            this.network = network;
            this.maxOfNetwork = maxOfNetwork;
        }

        /** Changes the reserved memory to this size. Returns false and changes nothing if a limit would be exceeded. */
        boolean reserve(long bytes) {
            if (bytes != reserved) {
                if (!add(network, maxOfNetwork, bytes - reserved)) {
                    return false;
                }
                reserved = bytes;
            }
            return true;
        }
    }
}
