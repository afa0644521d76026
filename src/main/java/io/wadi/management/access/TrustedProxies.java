package io.wadi.management.access;

import java.net.InetAddress;

/** The proxies in front of the management port, whose forwarding headers are used. Thread-safe. */
public interface TrustedProxies {
    /** Whether requests from this address come from a proxy. */
    boolean trusts(InetAddress peer);

    /**
     * The network that a request counts against: the client's address, for IPv6 its network of 64 bits.
     *
     * @param peer the other end of the connection
     * @param forwardedFor the header {@code X-Forwarded-For}, used where the peer is a proxy; null for none
     */
    InetAddress network(InetAddress peer, String forwardedFor);
}
