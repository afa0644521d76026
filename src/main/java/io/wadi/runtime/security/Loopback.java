package io.wadi.runtime.security;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Detects loopback addresses. */
public final class Loopback {
    private Loopback() {}

    /** Whether the host is a loopback address. False for a name that does not resolve, since binding the port reports that. */
    public static boolean is(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
