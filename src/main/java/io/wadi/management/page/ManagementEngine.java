package io.wadi.management.page;

import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;

/** The engine of {@code management:} endpoints, which use the HTTP server that camel-main starts on the management port. */
public final class ManagementEngine extends VertxPlatformHttpEngine {
    private final int port;

    public ManagementEngine(int port) {
        this.port = port;
    }

    @Override
    protected void doInit() {
        // Does not bind itself in the registry: the engine with the well-known name is that of the events port.
    }

    @Override
    public int getServerPort() {
        return port;
    }
}
