package io.wadi.ops;

import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

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

    /** Refuses to go on where camel-main could not open the port, since its server only logs that. */
    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        String name = VertxPlatformHttpRouter.getRouterNameFromPort(port);
        VertxPlatformHttpRouter router = VertxPlatformHttpRouter.lookup(endpoint.getCamelContext(), name);
        if (router == null || router.getServer().getServer().actualPort() == 0) {
            throw new IllegalStateException(
                    "the management port %d cannot be bound; is it in use? See wadi.management.port".formatted(port));
        }
        return super.createConsumer(endpoint, processor);
    }

    @Override
    public int getServerPort() {
        return port;
    }
}
