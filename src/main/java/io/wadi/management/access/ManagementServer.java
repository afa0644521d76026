package io.wadi.management.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.VertxHandler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.wadi.runtime.security.Proxies;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.component.vertx.common.VertxHelper;
import org.apache.camel.support.jsse.SSLContextParameters;

/**
 * The server of the management port: Camel's, with limits on connections and requests, and with the {@link AccessControl} before every path.
 * It speaks HTTP/1 alone.
 */
public final class ManagementServer extends VertxPlatformHttpServer {
    private static final int BAD_REQUEST = 400;
    private static final int TOO_LARGE = 413;
    private static final int MAX_LINE_BYTES = 8 * 1024;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final long MAX_BODY_BYTES = 64 * 1024;
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final VertxPlatformHttpServerConfiguration configuration;
    private final AccessControl guard;
    private final Limits limits;
    private final ConnectionCounts counts;
    private final ConnectionMemoryPool held;
    private Router endpoints;
    private HttpServer server;

    /**
     * The limits of connections.
     *
     * @param maxConnections at a time, of which one network may have half, unless it is a proxy's
     * @param maxHeld bytes of all their requests until they are answered, and of answers until they are taken, of which one network
     *     may have half, unless it is a proxy's
     * @param idleTimeout how long a client may take to send the headers of a request, then its body, then to take the answer
     */
    public record Limits(int maxConnections, long maxHeld, Duration idleTimeout) {}

    /** Takes where to listen and what to keep to. */
    public ManagementServer(
            VertxPlatformHttpServerConfiguration configuration,
            AccessControl guard,
            Limits limits,
            Proxies proxies,
            MeterRegistry meters) {
        super(configuration);
        this.configuration = configuration;
        this.guard = guard;
        this.limits = limits;
        this.counts = new ConnectionCounts(limits.maxConnections(), proxies, meters);
        this.held = new ConnectionMemoryPool(limits.maxHeld(), proxies, meters);
    }

    @Override
    protected void doInit() {
        setVertx(createVertxInstance());
    }

    /** Binds the router that Camel's endpoints and routes are added to. */
    @Override
    protected void initializeServer() {
        endpoints = Router.router(getVertx());
        String name = VertxPlatformHttpRouter.getRouterNameFromPort(configuration.getPort());
        getCamelContext().getRegistry().bind(name, new VertxPlatformHttpRouter(this, getVertx(), endpoints, name) {
            @Override
            public Handler<RoutingContext> bodyHandler() {
                return BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES);
            }
        });
    }

    @Override
    protected void startServer() throws Exception {
        Router guarded = Router.router(getVertx());
        guarded.route("/*").handler(guard);
        // Else each such request would be an ERROR in the log.
        guarded.errorHandler(BAD_REQUEST, guard::refuseUnrouted);
        guarded.errorHandler(TOO_LARGE, guard::refuseUnrouted);
        guarded.route("/*").subRouter(endpoints);
        server = getVertx()
                .createHttpServer(options())
                .connectionHandler(this::opened)
                .requestHandler(guarded);
        await(server.listen(configuration.getBindPort(), configuration.getBindHost()));
    }

    private HttpServerOptions options() throws Exception {
        HttpServerOptions options = new HttpServerOptions()
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setSslHandshakeTimeout(HANDSHAKE_TIMEOUT.toSeconds())
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                // So that a connection has its deadlines before its client has sent anything.
                .setHttp2ClearTextEnabled(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
        SSLContextParameters tls = configuration.getSslContextParameters();
        if (tls == null && configuration.isUseGlobalSslContextParameters()) {
            tls = getCamelContext().getSSLContextParameters();
        }
        if (tls != null) {
            VertxHelper.setupSSLOptions(getCamelContext(), tls, options);
        }
        return options;
    }

    private void opened(HttpConnection connection) {
        Channel channel = ((ConnectionBase) connection).channel();
        if (!(channel.remoteAddress() instanceof InetSocketAddress peer)) {
            // Closed already.
            channel.close();
            return;
        }
        if (!counts.open(peer.getAddress())) {
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> counts.closed(peer.getAddress()));
        String http = channel.pipeline().context(VertxHandler.class).name();
        channel.pipeline()
                .addBefore(http, "wadi-bytes", new ConnectionMemory(held.of(peer.getAddress()), counts))
                .addBefore(http, "wadi-deadlines", new ClientDeadlines(limits.idleTimeout(), counts));
    }

    @Override
    protected void doStop() throws Exception {
        if (server != null) {
            await(server.close());
            server = null;
        }
        super.doStop();
        if (getVertx() != null) {
            await(getVertx().close());
            setVertx(null);
        }
    }

    @Override
    public HttpServer getServer() {
        return server;
    }

    @Override
    public int getPort() {
        return server == null ? configuration.getBindPort() : server.actualPort();
    }

    private static <T> T await(Future<T> future) throws Exception {
        try {
            return future.toCompletionStage()
                    .toCompletableFuture()
                    .get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "The management port's server did not answer within " + CLOSE_TIMEOUT.toSeconds() + " s", e);
        }
    }
}
