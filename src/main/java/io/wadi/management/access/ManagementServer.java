package io.wadi.management.access;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.core.net.impl.VertxHandler;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.wadi.management.access.ConnectionCounts.Cause;
import io.wadi.management.workers.WorkerVertx;
import io.wadi.runtime.security.HeadDecoder;
import io.wadi.runtime.security.Peer;
import io.wadi.runtime.security.Proxies;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.component.vertx.common.VertxHelper;
import org.apache.camel.support.jsse.SSLContextParameters;

/**
 * The HTTP server of the management port: Camel's server with limits on connections and requests, and with {@link
 * AccessControl} for every path. It supports HTTP/1 only.
 */
public final class ManagementServer extends VertxPlatformHttpServer {
    private static final int MAX_LINE_BYTES = 8 * 1024;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final long MAX_BODY_BYTES = 64 * 1024;
    private static final String PROBES = "/observe/";
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final VertxPlatformHttpServerConfiguration configuration;
    private final AccessControl accessControl;
    private final Limits limits;
    private final ConnectionCounts counts;
    private final Proxies proxies;
    private Router router;
    private HttpServer server;

    /**
     * The limits of connections.
     *
     * @param maxConnections maximum number of connections; one network may have half of them, a trusted proxy all
     * @param maxHeld maximum number of bytes of requests without a response and of unread responses; one network may
     *     have half of them, a trusted proxy all
     * @param idleTimeout maximum time for a client to send the headers of a request, to send its body, and to read the
     *     response
     */
    public record Limits(int maxConnections, long maxHeld, Duration idleTimeout) {}

    public ManagementServer(
            VertxPlatformHttpServerConfiguration configuration,
            AccessControl accessControl,
            Limits limits,
            Proxies proxies,
            MeterRegistry meters) {
        super(configuration);
        this.configuration = configuration;
        this.accessControl = accessControl;
        this.limits = limits;
        this.proxies = proxies;
        this.counts = new ConnectionCounts(limits.maxConnections(), limits.maxHeld(), meters);
    }

    @Override
    protected void doInit() {
        setVertx(new WorkerVertx(createVertxInstance()));
    }

    /**
     * Binds the router to which Camel adds its endpoints and routes. Access control is its first handler.
     */
    @Override
    protected void initializeServer() {
        router = Router.router(getVertx());
        router.route("/*").handler(accessControl);
        // Without these handlers, Vert.x logs each such request at level ERROR.
        router.errorHandler(HttpURLConnection.HTTP_BAD_REQUEST, accessControl::rejectUnrouted);
        router.errorHandler(HttpURLConnection.HTTP_ENTITY_TOO_LARGE, accessControl::rejectUnrouted);
        router.errorHandler(HttpURLConnection.HTTP_NOT_FOUND, this::notFound);
        router.errorHandler(HttpURLConnection.HTTP_BAD_METHOD, this::methodNotAllowed);
        String name = VertxPlatformHttpRouter.getRouterNameFromPort(configuration.getPort());
        getCamelContext().getRegistry().bind(name, new VertxPlatformHttpRouter(this, getVertx(), router, name) {
            @Override
            public Handler<RoutingContext> bodyHandler() {
                return BodyHandler.create(false).setBodyLimit(MAX_BODY_BYTES);
            }

            /**
             * Adds a path, as Camel does for health and metrics. Camel allows only GET, and for metrics only an {@code
             * Accept} with any type, or with the version and the character set of Prometheus' text format, although it
             * responds in OpenMetrics to clients that accept it. Health is JSON for every client, such as a load
             * balancer that accepts HTML.
             */
            @Override
            public Route route(String path) {
                Route route = super.route(path);
                if (path.equals(AccessControl.METRICS)) {
                    route.produces("text/plain").produces("application/openmetrics-text");
                } else if (path.startsWith(PROBES)) {
                    route.produces("*/*");
                }
                return path.startsWith(PROBES) ? route.method(HttpMethod.HEAD) : route;
            }
        });
    }

    @Override
    protected void startServer() throws Exception {
        HttpServerOptions options = options();
        server = getVertx()
                .createHttpServer(options)
                .connectionHandler(connection -> opened(connection, options))
                .requestHandler(router)
                .invalidRequestHandler(accessControl::rejectInvalid);
        await(server.listen(configuration.getBindPort(), configuration.getBindHost()));
    }

    /** Responds to an unknown path. The server listens before the routes have registered their paths. */
    private void notFound(RoutingContext context) {
        if (getCamelContext().isStarted()) {
            AccessResponses.notFound(context);
        } else {
            AccessResponses.starting(context);
        }
    }

    /** Responds to a method that the path does not accept. Vert.x would omit the methods in responses to HEAD. */
    private void methodNotAllowed(RoutingContext context) {
        Set<String> methods = new TreeSet<>();
        for (Route each : router.getRoutes()) {
            if (each.methods() != null && matches(each, context.normalizedPath())) {
                each.methods().forEach(method -> methods.add(method.name()));
            }
        }
        AccessResponses.methodNotAllowed(context, methods);
    }

    /** Returns whether a route has a path, of which a segment such as {@code :topic} is a parameter. */
    private static boolean matches(Route route, String path) {
        String regex = Arrays.stream(route.getPath().split("/"))
                .map(segment -> segment.startsWith(":") ? "[^/]+" : Pattern.quote(segment))
                .collect(Collectors.joining("/", "", route.isExactPath() ? "/?" : ".*"));
        return path.matches(regex);
    }

    private HttpServerOptions options() throws Exception {
        HttpServerOptions options = new HttpServerOptions()
                .setMaxInitialLineLength(MAX_LINE_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setSslHandshakeTimeout(HANDSHAKE_TIMEOUT.toSeconds())
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                // With HTTP/2, the deadlines of a connection would start only after the client's first bytes.
                .setHttp2ClearTextEnabled(false)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
        SSLContextParameters tls = configuration.getSslContextParameters();
        if (tls == null && configuration.isUseGlobalSslContextParameters()) {
            tls = getCamelContext().getSSLContextParameters();
        }
        if (tls != null) {
            VertxHelper.setupSSLOptions(getCamelContext(), tls, options);
            options.setSslEngineOptions(new ManagementTls(() -> counts.ended(Cause.FLOOD)));
        }
        return options;
    }

    private void opened(HttpConnection connection, HttpServerOptions options) {
        Channel channel = ((ConnectionBase) connection).channel();
        Peer peer = channel.remoteAddress() instanceof InetSocketAddress address
                ? proxies.peer(address.getAddress())
                : null; // already disconnected
        if (peer == null || !counts.tryOpen(peer)) {
            channel.close();
            return;
        }
        channel.closeFuture().addListener(closed -> counts.closed(peer));
        HeadDecoder.replaceIn(channel.pipeline(), options, HeadDecoder.Turn.ENDLESS);
        String http = channel.pipeline().context(VertxHandler.class).name();
        channel.pipeline()
                .addBefore(http, "wadi-bytes", new ConnectionMemory(peer, counts))
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

    private static void await(Future<?> future) throws Exception {
        try {
            future.toCompletionStage().toCompletableFuture().get(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "The server of the management port did not start or stop within " + CLOSE_TIMEOUT.toSeconds()
                            + " s",
                    e);
        }
    }
}
