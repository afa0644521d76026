package io.wadi.ingest.admission;

import io.wadi.ingest.auth.JwtKeys;
import java.net.InetAddress;

/**
 * A decision that is pending until the token's signature is verified, which takes too long for an event loop (measured:
 * 60 µs for RSA, 1 ms for elliptic curves). Call {@link #verify} on a worker thread, then admit the request again.
 */
public final class UnverifiedToken implements Admission.Decision {
    private final JwtKeys keys;
    private final String token;
    private final InetAddress address;

    UnverifiedToken(JwtKeys keys, String token, InetAddress address) {
        this.keys = keys;
        this.token = token;
        this.address = address;
    }

    /** Returns the address of the client, or its /64 network for IPv6. */
    public InetAddress address() {
        return address;
    }

    /**
     * Verifies the token and caches the result.
     *
     * @return the rejection of an invalid token; null if {@link Admission#admit} now accepts the token
     */
    public Rejection verify() {
        return keys.verify(token) == null ? Credentials.INVALID : null;
    }
}
