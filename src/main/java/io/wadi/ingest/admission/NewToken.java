package io.wadi.ingest.admission;

/**
 * A request comes with a token that was not seen before, and it takes a while to see whether it is genuine (measured: 60 µs for
 * RSA, 1 ms for elliptic curves). {@link #look} is to be called on a worker, then the request is to be admitted again.
 */
public final class NewToken implements Admission.Decision, Credentials.Found {
    private final JwtKeys keys;
    private final String token;

    NewToken(JwtKeys keys, String token) {
        this.keys = keys;
        this.token = token;
    }

    /**
     * Looks at it. What it finds genuine is remembered.
     *
     * @return the answer where it is not genuine, else null: {@link Admission#admit} knows it now
     */
    public Refusal look() {
        return keys.verify(token) == null ? Credentials.UNKNOWN : null;
    }
}
