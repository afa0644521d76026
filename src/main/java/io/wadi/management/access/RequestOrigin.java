package io.wadi.management.access;

import io.vertx.core.http.HttpServerRequest;
import io.wadi.runtime.security.Peer;
import io.wadi.runtime.security.Proxies;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/**
 * The origin of a request.
 *
 * @param address the client's address for the audit log; behind a trusted proxy the client's network
 * @param network the client's network for limits
 * @param isSecure whether the client uses TLS to this port or to the trusted proxy
 */
record RequestOrigin(String address, InetAddress network, boolean isSecure) {
    static RequestOrigin of(HttpServerRequest request, Proxies proxies) {
        InetAddress address = address(request.remoteAddress().hostAddress());
        Peer peer = proxies.peer(address);
        String forwardedFor = String.join(",", request.headers().getAll("X-Forwarded-For"));
        InetAddress network =
                peer.proxy() && !forwardedFor.isEmpty() ? proxies.client(peer, forwardedFor) : peer.client();
        String scheme = request.getHeader("X-Forwarded-Proto");
        boolean isSecureAtProxy = peer.proxy()
                && scheme != null
                && scheme.strip().toLowerCase(Locale.ROOT).matches("https(\\s*,.*)?");
        return new RequestOrigin(
                peer.proxy() ? network.getHostAddress() : address.getHostAddress(),
                network,
                request.isSSL() || isSecureAtProxy);
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("Invalid address of a connection: " + literal, e);
        }
    }
}
