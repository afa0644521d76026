package io.wadi.ingest.http;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.admission.Admissions;
import io.wadi.ingest.auth.ApiKeys;
import io.wadi.ingest.auth.JwtKeys;
import io.wadi.ingest.browser.CrossOrigin;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.eventloop.AnonymousShare;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A server without TLS whose HTTP/2 connections have the guards of the event port, with short measuring intervals. */
abstract class Http2GuardTestSupport {
    /** Longer than any pause of a client before its next bytes on a busy machine. */
    static final Duration SHORT = Duration.ofSeconds(3);

    static final Duration MEDIUM = Duration.ofSeconds(6);
    static final Duration LONG = Duration.ofMinutes(1);
    static final int INITIAL_WINDOW_SIZE = 4;
    private static final int TIMEOUT_MS = 120_000;

    final Vertx vertx = Vertx.vertx();
    final InFlight inFlight = new InFlight(1000, 1 << 30, 1 << 30, false);
    /** Requests with bodies that are not read. */
    final BlockingQueue<HttpServerRequest> paused = new LinkedBlockingQueue<>();
    /** The number of checks of the connection. */
    final Semaphore checks = new Semaphore(0);

    private final MeterRegistry meters = new SimpleMeterRegistry();

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    final Http2Frames connect(Duration headersWithin, Duration idle) throws Exception {
        return connect(headersWithin, idle, SHORT);
    }

    final Http2Frames connect(Duration headersWithin, Duration idle, Duration interval) throws Exception {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setPort(0))
                .connectionHandler(connection -> {
                    IngestLoop loop = new IngestLoop(
                            vertx.getOrCreateContext(), Duration.ofSeconds(1), new AnonymousShare(() -> 0));
                    Connections connections = new Connections(
                            new ConnectionLimits(headersWithin, idle, 1000, interval),
                            new CrossOrigin(List.of(), List.of()),
                            Admissions.of(ApiKeys.NONE, JwtKeys.NONE, Rate.of(0, 0), inFlight),
                            new ConnectionCounts(meters),
                            1000,
                            loop,
                            new HttpServerOptions());
                    connections.opened(connection);
                    vertx.setPeriodic(20, timer -> {
                        connections.check();
                        loop.inLaterIteration(checks::release);
                    });
                })
                .requestHandler(this::handle);
        int port = server.listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(2, TimeUnit.MINUTES)
                .actualPort();
        Socket socket = new Socket("localhost", port);
        socket.setSoTimeout(TIMEOUT_MS);
        return new Http2Frames(socket);
    }

    final double ended(String reason) {
        return meters.get("wadi.ingest.connections.ended")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private void handle(HttpServerRequest request) {
        switch (request.path()) {
            case "/paused" -> {
                request.pause();
                request.endHandler(ended -> request.response().end());
                paused.add(request);
            }
            case "/streamed" ->
                IncomingBodies.of(request.connection()).add(request.streamId(), new IncomingBodies.Body() {
                    @Override
                    public void abort(RequestException reason) {
                        request.response().setStatusCode(reason.status()).end(reason.getMessage());
                    }

                    @Override
                    public long heldBytes() {
                        return 0;
                    }
                });
            case "/delayed" ->
                IncomingBodies.of(request.connection()).add(request.streamId(), new IncomingBodies.Body() {
                    @Override
                    public void abort(RequestException reason) {
                        paused.add(request);
                    }

                    @Override
                    public long heldBytes() {
                        return 0;
                    }
                });
            case "/early" -> request.response().end("early");
            case "/large" -> request.response().end(Buffer.buffer(new byte[1 << 20]));
            default -> request.endHandler(ended -> request.response().end("done"));
        }
    }
}
