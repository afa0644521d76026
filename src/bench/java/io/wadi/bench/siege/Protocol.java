package io.wadi.bench.siege;

/** The protocol of a hostile client. */
public enum Protocol {
    /** HTTP/1.1 to the events port: over TLS where that port has it. */
    HTTP1(false),
    /** HTTP/1.1 to the management port. */
    MANAGEMENT(false),
    /** Bytes below TLS, to an events port with TLS. */
    TCP(true),
    /** HTTP/1.1 after a complete TLS handshake, to an events port with TLS. */
    TLS(true),
    /** HTTP/2 after a complete TLS handshake with ALPN, to an events port with TLS. */
    HTTP2(true);

    private final boolean needsTls;

    Protocol(boolean needsTls) {
        this.needsTls = needsTls;
    }

    /** Whether clients of this protocol need an events port with TLS. */
    public boolean needsTls() {
        return needsTls;
    }
}
