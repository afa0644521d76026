package io.wadi.bench;

/** How the besieged events port is configured. */
enum SiegePort {
    PLAIN("plain", false),
    TLS("tls", true);

    private final String label;
    private final boolean tls;

    SiegePort(String label, boolean tls) {
        this.label = label;
        this.tls = tls;
    }

    static SiegePort named(String label) {
        return Arguments.named("--ports", label, values(), SiegePort::label);
    }

    /** As in options and results. */
    String label() {
        return label;
    }

    boolean hasTls() {
        return tls;
    }
}
