package io.wadi.ingest;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.support.service.ServiceHelper;

/** The HTTP server that {@code platform-http:} routes take events on, on a port of its own. */
public final class EventHttpEngine extends VertxPlatformHttpEngine {
    private static final int NOT_FOUND = 404;

    private final Options options;
    private boolean open;

    /** Takes what the server is made of; it opens with the first route, so that a context without one has no port. */
    public EventHttpEngine(Options options) {
        super();
        this.options = options;
    }

    /**
     * What the server is made of.
     *
     * @param host the address it binds to
     * @param port its port
     * @param origins the origins that a browser may send from
     * @param maxBodyBytes the largest body
     */
    public record Options(String host, int port, List<String> origins, long maxBodyBytes) {}

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        open(endpoint.getCamelContext());
        return new EventHttpConsumer(
                endpoint, processor, getHandlers(), VertxPlatformHttpRouter.getRouterNameFromPort(options.port()));
    }

    /** Until a route has started its requests are answered with 503; the context closes the port after the routes have stopped. */
    private synchronized void open(CamelContext context) {
        if (open) {
            return;
        }
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost(options.host());
        configuration.setBindPort(options.port());
        configuration.setMaxBodySize(options.maxBodyBytes());
        configuration.getBodyHandler().setHandleFileUploads(false);
        start(context, new VertxPlatformHttpServer(configuration));
        String name = VertxPlatformHttpRouter.getRouterNameFromPort(options.port());
        VertxPlatformHttpRouter router = VertxPlatformHttpRouter.lookup(context, name);
        router.route().order(Integer.MIN_VALUE).handler(crossOrigin(options.origins()));
        router.route().failureHandler(HttpAnswers::failed);
        router.route().last().handler(unmatched -> answerUnmatched(context, unmatched));
        open = true;
    }

    private void start(CamelContext context, VertxPlatformHttpServer server) {
        try {
            context.addService(server);
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeCamelException(e);
        }
        ServiceHelper.startService(server);
    }

    private static CorsHandler crossOrigin(List<String> origins) {
        return CorsHandler.create()
                .addOrigins(origins)
                .allowedMethods(Set.of(HttpMethod.GET, HttpMethod.POST))
                .allowedHeaders(Set.of("content-type", "idempotency-key"))
                .exposedHeader(HttpAnswers.RETRY_AFTER);
    }

    private static void answerUnmatched(CamelContext context, RoutingContext unmatched) {
        if (context.isStarted()) {
            String method = unmatched.request().method().name();
            HttpAnswers.error(
                    unmatched,
                    NOT_FOUND,
                    "there is no " + method + " here; see GET /api/select and POST /events/{topic}");
        } else {
            HttpAnswers.unavailable(unmatched, "Wadi is starting or stopping");
        }
    }

    @Override
    public int getServerPort() {
        return options.port();
    }
}
