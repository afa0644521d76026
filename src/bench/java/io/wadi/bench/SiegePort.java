package io.wadi.bench;

/** Configurations of the attacked event port. */
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

    /** Returns the label in options and results. */
    String label() {
        return label;
    }

    boolean hasTls() {
        return tls;
    }
}
