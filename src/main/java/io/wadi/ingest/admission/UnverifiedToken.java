package io.wadi.ingest.admission;

import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.limits.ClientShare;
import java.net.InetAddress;

/**
 * A decision that is pending until the token's signature is verified, which takes too long for an event loop (measured:
 * 60 µs for RSA, 1 ms for elliptic curves). Call {@link #verify} on a worker thread, close the decision, and admit the
 * request again. Until then, the token is charged to its client.
 */
public final class UnverifiedToken implements Admission.Decision, AutoCloseable {
    private final JwtKeys keys;
    private final String token;
    private final InetAddress address;
    private final ClientShare share;
    private final long bytes;

    /** Creates a decision; a request and {@code bytes} are charged to the share already. */
    UnverifiedToken(JwtKeys keys, String token, InetAddress address, ClientShare share, long bytes) {
        this.keys = keys;
        this.token = token;
        this.address = address;
        this.share = share;
        this.bytes = bytes;
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

    /** Returns the charged memory. Called once, whether the token was verified or not. */
    @Override
    public void close() {
        share.leave(bytes);
    }
}
