package io.wadi.management.page;

import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;

/** Lets {@code management:} routes answer on the management port, whose server camel-main starts. */
public final class ManagementEngine extends VertxPlatformHttpEngine {
    private final int port;

    /** Takes the management port. */
    public ManagementEngine(int port) {
        super();
        this.port = port;
    }

    /** Leaves the context's engine, by its well-known name, to the events port. */
    @Override
    protected void doInit() {
        // not bound
    }

    @Override
    public int getServerPort() {
        return port;
    }
}
