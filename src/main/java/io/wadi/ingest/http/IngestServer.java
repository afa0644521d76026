package io.wadi.ingest.http;

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
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.net.impl.ConnectionBase;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.eventloop.ReadScheduler;
import io.wadi.runtime.health.FatalErrors;
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
 * The server of the event endpoint: event loops that share its port, each with the connections that it has accepted.
 */
final class IngestServer extends ServiceSupport {
    private static final int BAD_REQUEST = 400;
    private static final int URI_TOO_LONG = 414;
    private static final int HEADERS_TOO_LARGE = 431;
    private static final int SEND_BUFFER = 128 << 10;
    private static final long PATIENCE_SECONDS = 10;
    private static final long CHECK_MS = 500;
    private static final Duration QUIET = Duration.ofMillis(100);
    private static final Duration LEAVE_WITHIN = Duration.ofSeconds(1);
    private static final long LOOK_AGAIN_MS = 5;

    private final Vertx vertx;
    private final IngestEngine.Options options;
    private final RequestDispatcher dispatch;
    private final Admission admission;
    private final Http2Limits http2;
    private final ConnectionCounts connections;
    /** Of each event loop its own. */
    private final Map<EventLoop, Connections> byLoop = new ConcurrentHashMap<>();

    private String deployment;
    /** Where connections come from; null before the first. */
    private final AtomicReference<Channel> listening = new AtomicReference<>();

    private volatile boolean takesConnections = true;
    private volatile boolean isLeaving;
    private volatile long lastRequestNanos;

    IngestServer(
            Vertx vertx,
            IngestEngine.Options options,
            RequestDispatcher dispatch,
            Admission admission,
            MeterRegistry meters) {
        super();
        this.vertx = vertx;
        this.options = options;
        this.dispatch = dispatch;
        this.admission = admission;
        this.http2 = options.http2();
        this.connections = new ConnectionCounts(meters);
    }

    /** One event loop's part of the server. */
    private final class Loop extends AbstractVerticle {
        private HttpServer server;
        private IngestLoop loop;

        @Override
        public void start(Promise<Void> started) {
            loop = new IngestLoop(context, options.maxWait());
            Connections own = byLoop.computeIfAbsent(
                    ((ContextInternal) context).nettyEventLoop(),
                    netty -> new Connections(
                            options.guard(), admission, connections, options.maxConnections(), loop.reads()));
            vertx.setPeriodic(CHECK_MS, timer -> own.check());
            server = vertx.createHttpServer(serverOptions())
                    .connectionHandler(connection -> {
                        limitAccepting(((ConnectionBase) connection).channel());
                        own.opened(connection);
                        connection.exceptionHandler(FatalErrors::endOn);
                    })
                    .requestHandler(this::take)
                    .invalidRequestHandler(IngestServer.this::refuseInvalid);
            server.listen().<Void>mapEmpty().onComplete(started);
        }

        private void take(HttpServerRequest request) {
            if (isLeaving) {
                lastRequestNanos = System.nanoTime();
            }
            if (http2.holds(request)) {
                ReadScheduler.Connection connection =
                        ScheduledReadAllocator.of(((ConnectionBase) request.connection()).channel());
                if (connection == null || connection.mayWork()) {
                    dispatch.handle(request, loop);
                } else {
                    request.pause();
                    connection.later(() -> loop.emit(() -> goOn(request)));
                }
            }
        }

        /** Handles a deferred request, unless its client has canceled it. */
        private void goOn(HttpServerRequest request) {
            if (!request.response().closed()) {
                request.resume();
                dispatch.handle(request, loop);
            }
        }

        /** After what the loop has begun, such as the answer to the last request. */
        @Override
        public void stop(Promise<Void> stopped) {
            server.close().onComplete(stopped);
        }
    }

    /** Adds the limit with the first connection: Vert.x does not expose the listening socket before. */
    private void limitAccepting(Channel connection) {
        if (listening.get() == null && listening.compareAndSet(null, connection.parent())) {
            connection.parent().pipeline().addFirst(new AcceptLimit(admission, connections, options.maxConnections()));
        }
    }

    private HttpServerOptions serverOptions() {
        HttpServerOptions server = new HttpServerOptions()
                .setHost(options.host())
                .setPort(options.port())
                .setMaxInitialLineLength(options.maxUriBytes())
                .setMaxHeaderSize(options.maxHeaderBytes())
                // Linux would buffer up to 4 MB of unread answers, which no lease is charged for.
                .setSendBufferSize(SEND_BUFFER)
                // A connection is HTTP/1 from its beginning, so that it has its guard before its client has sent
                // anything.
                .setHttp2ClearTextEnabled(false)
                // No web sockets here, so no handlers for them on every connection.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
        http2.addTo(server);
        // Vert.x takes the TLS of the first loop for all of them.
        options.tls()
                .map(current -> new IngestTls(current, channel -> {
                    limitAccepting(channel);
                    return byLoop.get(channel.eventLoop()).accepted(channel);
                }))
                .ifPresent(tls -> tls.addTo(server));
        return server;
    }

    @Override
    protected void doStart() throws Exception {
        int loops =
                options.loops() == 0 ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : options.loops();
        deployment = await(vertx.deployVerticle(Loop::new, new DeploymentOptions().setInstances(loops)));
    }

    @Override
    protected void doStop() throws Exception {
        if (deployment != null) {
            takeLeave();
            await(vertx.undeploy(deployment));
            deployment = null;
        }
    }

    /** The routes that requests are handed to. */
    RequestDispatcher dispatch() {
        return dispatch;
    }

    /** Whether somebody who closes a connection could make another. */
    boolean takesConnections() {
        return takesConnections;
    }

    /** Takes no more connections, for good; requests still come on those that there are. Returns when that is so. */
    void takeNoMoreConnections() throws InterruptedException {
        Channel open = listening.get();
        if (open != null) {
            open.close().await(LEAVE_WITHIN.toMillis());
        }
        takesConnections = false;
    }

    /** Goes on answering on the connections that there are until no request has come for a moment, so that none is cut off on its way. */
    private void takeLeave() throws InterruptedException {
        long begin = System.nanoTime();
        lastRequestNanos = begin;
        isLeaving = true;
        takeNoMoreConnections();
        CountDownLatch never = new CountDownLatch(1);
        while (connections.open() > 0
                && System.nanoTime() - lastRequestNanos < QUIET.toNanos()
                && System.nanoTime() - begin < LEAVE_WITHIN.toNanos()) {
            never.await(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS);
        }
        isLeaving = false;
    }

    private static <T> T await(Future<T> future) throws InterruptedException, ExecutionException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** What could not be read as a request is refused, and its connection closed: what follows on it may be anything. */
    private void refuseInvalid(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        if (cause instanceof TooLongHttpLineException) {
            refuse(request, URI_TOO_LONG, Responses.LINE_TOO_LONG);
        } else if (cause instanceof TooLongHttpHeaderException || cause instanceof TooLongFrameException) {
            refuse(request, HEADERS_TOO_LARGE, Responses.HEADERS_TOO_LARGE);
        } else if (cause instanceof MalformedRequestException) {
            refuse(request, BAD_REQUEST, cause.getMessage());
        } else {
            refuse(request, BAD_REQUEST, Responses.MALFORMED);
        }
    }

    private static void refuse(HttpServerRequest request, int status, String reason) {
        request.response().putHeader("Connection", "close");
        Responses.error(request.response(), status, reason);
        request.connection().close();
    }
}
