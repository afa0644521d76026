package io.wadi.runtime.security;

import java.net.InetAddress;
import java.net.UnknownHostException;

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
}
