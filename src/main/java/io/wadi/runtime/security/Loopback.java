package io.wadi.runtime.security;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Whether an address that a port binds to can be reached from this machine alone. */
public final class Loopback {
    private Loopback() {}

    /** Whether the host is a loopback address. False for a name that does not resolve: binding the port fails with its own message. */
    public static boolean is(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
