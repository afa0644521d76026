package io.wadi.bench.siege;

/** The protocol of a hostile client. */
public enum Protocol {
    /** HTTP/1.1 to the event port, over TLS if that port has it. */
    HTTP1(false),
    /** HTTP/1.1 to the management port. */
    MANAGEMENT(false),
    /** Bytes below TLS, to an event port with TLS. */
    TCP(true),
    /** HTTP/1.1 after a complete TLS handshake, to an event port with TLS. */
    TLS(true),
    /** HTTP/2 after a complete TLS handshake with ALPN, to an event port with TLS. */
    HTTP2(true);

    private final boolean needsTls;

    Protocol(boolean needsTls) {
        this.needsTls = needsTls;
    }

    /** Returns whether clients of this protocol need an event port with TLS. */
    public boolean needsTls() {
        return needsTls;
    }
}
