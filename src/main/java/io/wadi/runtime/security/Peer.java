package io.wadi.runtime.security;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * The remote end of a connection.
 * @param client the address for rate limits and shares of anonymous requests. For IPv6 it is the /64 network, since one
 *     customer usually has a whole network of addresses
 * @param proxy whether it is a trusted proxy, so that its {@code X-Forwarded-For} header is used
 */
public record Peer(InetAddress client, boolean proxy) {
    private static final int NETWORK_BYTES = 8;

    static Peer of(InetAddress address, boolean proxy) {
        return new Peer(network(address), proxy);
    }

    static InetAddress network(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Invalid IP address of " + bytes.length + " bytes: expected 4 or 16", e);
        }
    }
}
