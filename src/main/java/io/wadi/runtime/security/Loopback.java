package io.wadi.runtime.security;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;

/** Detects loopback addresses. */
public final class Loopback {
    private Loopback() {}

    /**
     * Returns whether the host is a loopback address; false for a name that does not resolve, which the bind reports.
     */
    public static boolean is(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /**
     * Returns whether only this machine can reach a port: its host is a loopback address, and no proxies are trusted.
     * Proxies that are not configured are not detected.
     */
    public static boolean isOnlyLocal(String host, String trustedProxies) {
        return trustedProxies.isBlank() && is(host);
    }

    /**
     * Returns whether a page's origin, such as {@code http://localhost:9876}, is this machine. Only {@code localhost},
     * names below it and loopback addresses are: anyone can publish another name that resolves to a loopback address.
     */
    public static boolean isOrigin(String origin) {
        try {
            String host = String.valueOf(URI.create(origin).getHost()).toLowerCase(Locale.ROOT);
            InetAddress address = NetUtil.createInetAddressFromIpAddressString(host);
            return address == null
                    ? host.equals("localhost") || host.endsWith(".localhost")
                    : address.isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
