package io.wadi.ingest.http;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.Rejection;
import io.wadi.ingest.admission.Rejection.Reason;
import io.wadi.ingest.eventloop.AnonymousShare;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.eventloop.ReadScheduler;
import io.wadi.ingest.http.ConnectionCounts.EndReason;
import io.wadi.ingest.tls.IngestTls;
import io.wadi.runtime.health.FatalErrors;
import io.wadi.runtime.http.DateHeader;
import io.wadi.runtime.security.HeadDecoder;
import io.wadi.runtime.security.WorkQueue;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.support.service.ServiceSupport;

/**
 * The server of the event endpoint: event loops that share one port, each with the connections that it has accepted.
 */
final class IngestServer extends ServiceSupport {
    /** The threads that verify tokens: so many forged tokens at most compete with the event loops. */
    static final int TOKEN_WORKERS = Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
    /** Maximum requests that wait for the verification of their token: a quarter of a second for one thread. */
    static final int MAX_WAITING_TOKENS = 256;

    private static final int SEND_BUFFER = 128 << 10;
    private static final long DEPLOY_TIMEOUT_SECONDS = 10;
    private static final long CHECK_MS = 500;
    private static final long SHARE_INTERVAL_MS = 250;
    private static final Duration QUIET_PERIOD = Duration.ofMillis(100);
    private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(1);
    private static final long POLL_INTERVAL_MS = 5;

    private final Vertx vertx;
    private final IngestEngine.Options options;
    private final RequestDispatcher dispatch;
    private final Admission admission;
    private final Http2Limits http2;
    private final ConnectionCounts connections;
    private final RejectionCounts rejections;
    private final WorkQueue tokens = new WorkQueue("wadi-ingest-tokens", TOKEN_WORKERS, MAX_WAITING_TOKENS);
    private final Map<EventLoop, Connections> byLoop = new ConcurrentHashMap<>();

    private final AnonymousShare anonymous =
            new AnonymousShare(ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)::getCpuLoad);

    private String deployment;
    /** The timer that adjusts the share of clients without a key; negative if there is none. */
    private long shareTimer = -1;
    /** The listening channel; null before the first connection. */
    private final AtomicReference<Channel> listeningChannel = new AtomicReference<>();

    private volatile boolean isAcceptingConnections = true;
    private volatile boolean isDraining;
    private volatile long lastRequestNanos;

    IngestServer(
            Vertx vertx,
            IngestEngine.Options options,
            RequestDispatcher dispatch,
            Admission admission,
            RejectionCounts rejections,
            MeterRegistry meters) {
        this.vertx = vertx;
        this.options = options;
        this.dispatch = dispatch;
        this.admission = admission;
        this.http2 = options.http2();
        this.connections = new ConnectionCounts(meters);
        this.rejections = rejections;
        Gauge.builder("wadi.ingest.anonymous.share", anonymous, AnonymousShare::share)
                .description("Share of the event loops' time that clients without a key may use")
                .register(meters);
    }

    /** A part of the server. Several run on the same event loop if Vert.x has fewer loops. */
    private final class Loop extends AbstractVerticle {
        private HttpServer server;
        private IngestLoop loop;

        @Override
        public void start(Promise<Void> started) {
            HttpServerOptions serverOptions = serverOptions();
            Connections loopConnections = byLoop.computeIfAbsent(
                    ((ContextInternal) context).nettyEventLoop(),
                    netty -> new Connections(
                            options.guard(),
                            dispatch.crossOrigin(),
                            admission,
                            connections,
                            options.maxConnections(),
                            new IngestLoop(context, options.maxWait(), anonymous),
                            serverOptions));
            loop = loopConnections.loop();
            vertx.setPeriodic(CHECK_MS, timer -> loopConnections.check());
            server = vertx.createHttpServer(serverOptions)
                    .connectionHandler(connection -> {
                        limitAccepting(((ConnectionBase) connection).channel());
                        loopConnections.opened(connection);
                        connection.exceptionHandler(FatalErrors::endOn);
                    })
                    .requestHandler(this::handle)
                    .invalidRequestHandler(IngestServer.this::rejectInvalid);
            server.listen().<Void>mapEmpty().onComplete(started);
        }

        private void handle(HttpServerRequest request) {
            addDate(request);
            if (isDraining) {
                lastRequestNanos = System.nanoTime();
            }
            Rejection rejection = http2.check(request);
            if (rejection != null) {
                if (request.uri() == null) {
                    reject(request, rejection);
                } else {
                    dispatch.reject(request, rejection);
                }
                return;
            }
            ReadScheduler.Connection connection =
                    ScheduledReadAllocator.of(((ConnectionBase) request.connection()).channel());
            if (connection == null || connection.mayWork()) {
                dispatch.handle(request, loop);
            } else {
                request.pause();
                connection.later(() -> loop.emit(() -> resume(request)));
            }
        }

        /** Handles a deferred request, unless its client has canceled it. */
        private void resume(HttpServerRequest request) {
            if (!request.response().closed()) {
                request.resume();
                dispatch.handle(request, loop);
            }
        }

        /** Stops the server. Runs after the tasks that are queued on the loop, such as the last response. */
        @Override
        public void stop(Promise<Void> stopped) {
            server.close().onComplete(stopped);
        }
    }

    /** Adds the limit of connections with the first connection: Vert.x does not expose the listening socket before. */
    private void limitAccepting(Channel connection) {
        if (listeningChannel.get() == null && listeningChannel.compareAndSet(null, connection.parent())) {
            connection.parent().pipeline().addFirst(new AcceptLimit(admission, connections, options.maxConnections()));
        }
    }

    private HttpServerOptions serverOptions() {
        HttpServerOptions server = new HttpServerOptions()
                .setHost(options.host())
                .setPort(options.port())
                .setMaxInitialLineLength(options.maxUriBytes())
                .setMaxHeaderSize(options.maxHeaderBytes())
                // Linux would buffer up to 4 MB of unread responses, for which no lease is charged.
                .setSendBufferSize(SEND_BUFFER)
                // A connection without TLS is HTTP/1, so that its guard is installed before the client sends data.
                .setHttp2ClearTextEnabled(false)
                // Without web sockets, connections need no handlers for them.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
        http2.addTo(server);
        // Vert.x uses the TLS options of the first loop for all loops.
        options.tls()
                .map(current -> new IngestTls(
                        current,
                        channel -> {
                            limitAccepting(channel);
                            return byLoop.get(channel.eventLoop()).accepted(channel);
                        },
                        () -> connections.ended(EndReason.FLOOD)))
                .ifPresent(tls -> tls.addTo(server));
        return server;
    }

    @Override
    protected void doStart() throws Exception {
        deployment = await(vertx.deployVerticle(Loop::new, new DeploymentOptions().setInstances(options.loops())));
        shareTimer = vertx.setPeriodic(SHARE_INTERVAL_MS, timer -> anonymous.update());
    }

    @Override
    protected void doStop() throws Exception {
        if (deployment != null) {
            drain();
            vertx.cancelTimer(shareTimer);
            await(vertx.undeploy(deployment));
            deployment = null;
        }
    }

    /** Returns the dispatcher of requests to routes. */
    RequestDispatcher dispatch() {
        return dispatch;
    }

    /** Returns the threads that verify tokens, where addresses take turns. */
    WorkQueue tokens() {
        return tokens;
    }

    RejectionCounts rejections() {
        return rejections;
    }

    /** Returns whether new connections are accepted. */
    boolean isAcceptingConnections() {
        return isAcceptingConnections;
    }

    /** Closes the listening socket for good and waits for that; open connections still serve requests. */
    void stopAccepting() throws InterruptedException {
        Channel open = listeningChannel.get();
        if (open != null) {
            open.close().await(DRAIN_TIMEOUT.toMillis());
        }
        isAcceptingConnections = false;
    }

    /**
     * Serves open connections until no request has arrived for the quiet period, so that no request in transit is
     * dropped.
     */
    private void drain() throws InterruptedException {
        long begin = System.nanoTime();
        lastRequestNanos = begin;
        isDraining = true;
        stopAccepting();
        CountDownLatch never = new CountDownLatch(1);
        while (connections.open() > 0
                && System.nanoTime() - lastRequestNanos < QUIET_PERIOD.toNanos()
                && System.nanoTime() - begin < DRAIN_TIMEOUT.toNanos()) {
            never.await(POLL_INTERVAL_MS, TimeUnit.MILLISECONDS);
        }
        isDraining = false;
    }

    private static <T> T await(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(DEPLOY_TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** Adds the date when the response begins, which may be long after the request. */
    private static void addDate(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        response.headersEndHandler(begins -> response.putHeader(DateHeader.NAME, DateHeader.now()));
    }

    /** Rejects malformed input and closes its connection, since the data after it cannot be parsed. */
    private void rejectInvalid(HttpServerRequest request) {
        addDate(request);
        request.response().putHeader("Connection", "close");
        dispatch.rejectInvalid(request, rejection(request.decoderResult().cause()));
        request.connection().close();
    }

    private static Rejection rejection(Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return Rejection.of(Reason.URI_TOO_LONG, Responses.LINE_TOO_LONG);
        }
        if (cause instanceof TooLongHttpHeaderException && HeadDecoder.TOO_MANY.equals(cause.getMessage())) {
            return Rejection.of(Reason.HEADERS_TOO_LARGE, HeadDecoder.TOO_MANY);
        }
        if (cause instanceof TooLongHttpHeaderException || cause instanceof TooLongFrameException) {
            return Rejection.of(Reason.HEADERS_TOO_LARGE, Responses.HEADERS_TOO_LARGE);
        }
        boolean isForClient =
                cause instanceof MalformedRequestException || HeadDecoder.UNSUPPORTED_CODING.equals(cause.getMessage());
        return Rejection.of(Reason.MALFORMED, isForClient ? cause.getMessage() : Responses.MALFORMED);
    }

    private void reject(HttpServerRequest request, Rejection rejection) {
        rejections.rejected(rejection.reason());
        Responses.reject(request, rejection);
    }
}
