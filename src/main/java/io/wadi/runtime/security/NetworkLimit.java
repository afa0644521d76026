package io.wadi.runtime.security;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** A limit of an amount, such as connections or bytes, in total and per network. Thread-safe. */
public final class NetworkLimit {
    private final long max;
    private final Map<InetAddress, Long> byNetwork = new HashMap<>();
    private long total;

    public NetworkLimit(long max) {
        this.max = max;
    }

    public synchronized long total() {
        return total;
    }

    /** Adds an amount, which may be negative. Returns false and changes nothing if a limit would be exceeded. */
    public synchronized boolean tryAdd(InetAddress network, long maxOfNetwork, long more) {
        long ofNetwork = byNetwork.getOrDefault(network, 0L) + more;
        if (more > 0 && (total + more > max || ofNetwork > maxOfNetwork)) {
            return false;
        }
        total += more;
        if (ofNetwork == 0) {
            byNetwork.remove(network);
        } else {
            byNetwork.put(network, ofNetwork);
        }
        return true;
    }

    /**
     * Adds one. The network may have at most a number, and at most twice as many as remain for others. Returns false
     * and changes nothing if a limit would be exceeded.
     */
    public synchronized boolean tryEnter(InetAddress network, long maxOfNetwork) {
        return tryAdd(network, Math.min(maxOfNetwork, 2 * (max - total)), 1);
    }

    /** Removes one that {@link #tryEnter} has added. */
    public void leave(InetAddress network) {
        tryAdd(network, 0, -1);
    }

    /**
     * Does the same as {@link #tryAdd(InetAddress, long, long)} for a peer: a network may have half of the maximum, a
     * trusted proxy all of it.
     */
    public boolean tryAdd(Peer peer, long more) {
        return tryAdd(peer.client(), peer.proxy() ? max : Math.max(1, max / 2), more);
    }
}
