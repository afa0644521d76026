package io.wadi.ingest.http;

import static io.wadi.ingest.http.Http2Frames.DATA;
import static io.wadi.ingest.http.Http2Frames.END_STREAM;
import static io.wadi.ingest.http.Http2Frames.ENHANCE_YOUR_CALM;
import static io.wadi.ingest.http.Http2Frames.GOAWAY;
import static io.wadi.ingest.http.Http2Frames.HEADERS;
import static io.wadi.ingest.http.Http2Frames.NO_ERROR;
import static io.wadi.ingest.http.Http2Frames.PADDED;
import static io.wadi.ingest.http.Http2Frames.RST_STREAM;
import static io.wadi.ingest.http.Http2Frames.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.eventloop.AnonymousShare;
import io.wadi.ingest.eventloop.IngestLoop;
import io.wadi.ingest.http.Http2Frames.Frame;
import io.wadi.ingest.limits.InFlight;
import io.wadi.ingest.limits.Rate;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * HTTP/2 clients that keep connections open without requests, send too slowly, or do not read; without TLS and with
 * short measuring intervals.
 */
@Execution(ExecutionMode.CONCURRENT)
class Http2GuardTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int TIMEOUT_MS = 120_000;
    private static final int INITIAL_WINDOW_SIZE = 4;

    private final Vertx vertx = Vertx.vertx();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final InFlight inFlight = new InFlight(1000, 1 << 30, 1 << 30, false);
    /** Requests with bodies that are not read. */
    private final BlockingQueue<HttpServerRequest> paused = new LinkedBlockingQueue<>();
    /** The number of checks of the connection. */
    private final Semaphore checks = new Semaphore(0);

    private int port;

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    private Http2Frames connect(Duration headersWithin, Duration idle) throws Exception {
        return connect(headersWithin, idle, SHORT);
    }

    private Http2Frames connect(Duration headersWithin, Duration idle, Duration interval) throws Exception {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions().setPort(0))
                .connectionHandler(connection -> {
                    IngestLoop loop = new IngestLoop(
                            vertx.getOrCreateContext(), Duration.ofSeconds(1), new AnonymousShare(() -> 0));
                    Connections connections = new Connections(
                            new ConnectionLimits(headersWithin, idle, 1000, interval),
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
        port = server.listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(2, TimeUnit.MINUTES)
                .actualPort();
        Socket socket = new Socket("localhost", port);
        socket.setSoTimeout(TIMEOUT_MS);
        return new Http2Frames(socket);
    }

    private double ended(String reason) {
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

    @Test
    void clientWithoutARequest_isDisconnectedWithGoaway() throws Exception {
        try (Http2Frames client = connect(SHORT, LONG).begin()) {
            assertThat(client.read(GOAWAY).map(Frame::error)).hasValue(NO_ERROR);
            assertThat(client.read()).isEmpty();
            assertThat(ended("unused")).isEqualTo(1);
        }
    }

    @Test
    void unfinishedHeaders_doNotDelayTheTimeout() throws Exception {
        try (Http2Frames client = connect(SHORT, LONG).begin()) {
            client.write(HEADERS, END_STREAM, 1, client.block("GET", "/"));

            assertThat(client.read(GOAWAY)).isPresent();
            assertThat(client.read()).isEmpty();
        }
    }

    @Test
    void connectionWithARequest_isKept_andClosedAfterTheIdleTimeout() throws Exception {
        try (Http2Frames client = connect(LONG, SHORT).begin()) {
            client.request(1, 0, "POST", "/paused", "content-length", "1");
            HttpServerRequest request = paused.poll(2, TimeUnit.MINUTES);
            client.write(DATA, END_STREAM, 1, (byte) 'x');
            // Another connection is closed meanwhile.
            clientWithoutARequest_isDisconnectedWithGoaway();
            vertx.runOnContext(next -> request.resume());

            assertThat(client.status()).isEqualTo("200");
            assertThat(client.read(GOAWAY)).isPresent();
            assertThat(client.read()).isEmpty();
        }
    }

    /** Each indexed header takes one byte on the connection. */
    @Test
    void headersOfOpenRequests_areChargedUntilTheirStreamsEnd() throws Exception {
        try (Http2Frames client = connect(LONG, LONG, LONG).begin()) {
            String[] headers = new String[2 * 90];
            for (int i = 0; i < headers.length; i += 2) {
                headers[i] = "x";
                headers[i + 1] = "y";
            }
            for (int stream = 1; stream < 20; stream += 2) {
                client.request(stream, 0, "POST", "/paused", headers);
                assertThat(paused.poll(2, TimeUnit.MINUTES)).isNotNull();
            }
            await().until(() -> inFlight.bytes() > 10 * 90 * 128);

            for (int stream = 1; stream < 20; stream += 2) {
                client.write(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
            }
            await().until(() -> inFlight.bytes() == 0);
        }
    }

    /** A frame of one byte becomes objects of about 100 bytes. Netty returns the bytes of the padding at once. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100})
    void queuedFrames_areChargedUntilTheyAreRead(int padding) throws Exception {
        byte[] padded = new byte[2 + padding];
        padded[0] = (byte) padding;
        try (Http2Frames client = connect(LONG, LONG, LONG).begin()) {
            client.request(1, 0, "POST", "/paused");
            HttpServerRequest request = paused.poll(2, TimeUnit.MINUTES);
            for (int i = 0; i < 500; i++) {
                client.write(DATA, PADDED, 1, padded).write(DATA, 0, 1, (byte) 'x');
            }
            await().until(() -> inFlight.bytes() > 1000 * 110);

            vertx.runOnContext(next -> request.resume());
            await().until(() -> inFlight.bytes() == 0);
            client.write(DATA, END_STREAM, 1);
            assertThat(client.status()).isEqualTo("200");
        }
    }

    @Test
    void slowBody_is408_whileOtherRequestsContinue() throws Exception {
        try (Http2Frames client = connect(LONG, LONG).begin()) {
            client.request(1, 0, "POST", "/paused").write(DATA, 0, 1, new byte[10]);
            client.request(3, 0, "POST", "/").write(DATA, 0, 3, new byte[10]);

            Frame refused = client.read(HEADERS).orElseThrow();
            assertThat(refused.stream()).isEqualTo(3);
            assertThat(refused.flags() & END_STREAM).isEqualTo(END_STREAM);
            Frame reset = client.read(RST_STREAM).orElseThrow();
            assertThat(reset.stream()).isEqualTo(3);
            assertThat(reset.error()).isEqualTo(NO_ERROR);

            // The server does not read the other body, so its client is not too slow.
            HttpServerRequest request = paused.poll(2, TimeUnit.MINUTES);
            client.write(DATA, END_STREAM, 1);
            vertx.runOnContext(next -> request.resume());
            assertThat(client.read(HEADERS).map(Frame::stream)).hasValue(1);
        }
    }

    @Test
    void slowBody_is408_andIsCounted() throws Exception {
        try (Http2Frames client = connect(LONG, LONG).begin()) {
            client.request(1, 0, "POST", "/");

            assertThat(client.status()).isEqualTo("408");
            assertThat(ended("slow")).isEqualTo(1);
        }
    }

    @Test
    void slowStreamedBody_isAnsweredByItsRoute() throws Exception {
        try (Http2Frames client = connect(LONG, LONG).begin()) {
            client.request(1, 0, "POST", "/streamed").write(DATA, 0, 1, new byte[10]);

            assertThat(client.status()).isEqualTo("408");
            assertThat(client.read(DATA).map(Frame::text))
                    .hasValueSatisfying(text -> assertThat(text).startsWith("the body arrived too slowly: less than "));
            assertThat(client.read(RST_STREAM).map(Frame::error)).hasValue(NO_ERROR);
        }
    }

    /** A route responds to a slow body once Kafka has acknowledged the events before, which can take longer. */
    @Test
    void responseToASlowBody_mayTakeSeveralIntervals() throws Exception {
        try (Http2Frames client = connect(LONG, LONG).begin()) {
            client.request(1, 0, "POST", "/delayed");
            HttpServerRequest request = paused.poll(2, TimeUnit.MINUTES);
            // The rejection of this body takes at least one interval.
            client.request(3, 0, "POST", "/");
            assertThat(client.read(HEADERS).map(Frame::stream)).hasValue(3);
            vertx.runOnContext(next -> request.response().end("receipts"));

            Frame response = client.read(HEADERS).orElseThrow();
            assertThat(response.stream()).isEqualTo(1);
            assertThat(response.headers().status()).hasToString("200");
            assertThat(client.read(DATA).map(Frame::text)).hasValue("receipts");
            assertThat(client.read(RST_STREAM).map(Frame::stream)).hasValue(1);
        }
    }

    /** Decoding ten thousand frames of one byte takes as long as decoding a megabyte of events. */
    @Test
    void bodyOfTooManyTinyFrames_isAnsweredByItsRoute_andItsStreamIsReset() throws Exception {
        try (Http2Frames client = connect(LONG, LONG, LONG).begin()) {
            client.request(1, 0, "POST", "/streamed");
            client.flood(frames(1, BodyParts.MAX_TINY));
            client.awaitProcessed(1);
            assertThat(ended("broken")).isZero();
            client.flood(frames(1, 1));

            assertThat(client.status()).isEqualTo("400");
            assertThat(client.read(DATA).map(Frame::text))
                    .hasValue(
                            "the body's first 10,001 DATA frames have 10,001 bytes, expected at least 16 each on average:"
                                    + " send larger DATA frames");
            client.flood(frames(1, 1));
            assertThat(client.read(RST_STREAM).map(Frame::error)).hasValue(NO_ERROR);
            assertThat(ended("broken")).isEqualTo(1);
            client.request(3, END_STREAM, "GET", "/early");
            assertThat(client.status()).isEqualTo("200");
        }
    }

    @Test
    void tooManyTinyFrames_beforeARouteReadsThem_are400() throws Exception {
        try (Http2Frames client = connect(LONG, LONG, LONG).begin()) {
            client.request(1, 0, "POST", "/paused");
            client.flood(frames(1, BodyParts.MAX_TINY + 100));

            Frame response = client.read(HEADERS).orElseThrow();
            assertThat(response.headers().status()).hasToString("400");
            assertThat(response.flags() & END_STREAM).isEqualTo(END_STREAM);
            assertThat(client.read(RST_STREAM).map(Frame::error)).hasValue(NO_ERROR);
            await().until(() -> inFlight.bytes() == 0);
            assertThat(ended("broken")).isEqualTo(1);
        }
    }

    @Test
    void bodyOfShortFrames_isRead() throws Exception {
        try (Http2Frames client = connect(LONG, LONG, LONG).begin()) {
            client.request(1, 0, "POST", "/");
            byte[] frame = Http2Frames.frame(DATA, 0, 1, new byte[16]);
            for (int i = 0; i < 2 * BodyParts.MAX_TINY; i++) {
                client.flood(frame);
            }
            client.write(DATA, END_STREAM, 1);

            assertThat(client.status()).isEqualTo("200");
        }
    }

    /** Returns DATA frames of one byte each. */
    private static byte[] frames(int stream, int count) {
        byte[] frame = Http2Frames.frame(DATA, 0, stream, (byte) 'x');
        ByteBuffer all = ByteBuffer.allocate(count * frame.length);
        for (int i = 0; i < count; i++) {
            all.put(frame);
        }
        return all.array();
    }

    @Test
    void bodyContinuedAfterItsResponse_isReset() throws Exception {
        try (Http2Frames client = connect(LONG, LONG).begin()) {
            client.request(1, 0, "POST", "/early");

            assertThat(client.status()).isEqualTo("200");
            assertThat(client.read(DATA).map(Frame::text)).hasValue("early");
            assertThat(client.read(RST_STREAM).map(Frame::error)).hasValue(NO_ERROR);
            client.request(3, END_STREAM, "GET", "/early");
            assertThat(client.status()).isEqualTo("200");
        }
    }

    @Test
    void clientThatDoesNotReadItsResponse_isDisconnected() throws Exception {
        try (Http2Frames client = connect(LONG, LONG).begin(INITIAL_WINDOW_SIZE, 0)) {
            client.request(1, END_STREAM, "GET", "/early");

            assertThat(client.status()).isEqualTo("200");
            assertThat(client.read(DATA)).as("no room was given for it").isEmpty();
            assertThat(ended("unread")).isEqualTo(1);
        }
    }

    /** The response waits for three intervals at a time, and the client reads eight times what an interval requires. */
    @Test
    void clientThatReadsItsResponseSlowly_isKept() throws Exception {
        try (Http2Frames client = connect(LONG, LONG, Duration.ofSeconds(3)).begin(INITIAL_WINDOW_SIZE, 0)) {
            client.request(1, END_STREAM, "GET", "/large");
            int taken = 0;
            while (taken < 1 << 20) {
                client.write(WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 0x40, 0});
                client.write(WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0x40, 0});
                taken += client.read(DATA).orElseThrow().payload().remaining();
                checks.drainPermits();
                assertThat(checks.tryAcquire(9, 2, TimeUnit.MINUTES)).isTrue();
            }

            assertThat(taken).isEqualTo(1 << 20);
        }
    }

    /** The other response of the connection advances by eight times what an interval requires. */
    @Test
    void responseThatIsNotRead_isReset_whileOthersAreRead() throws Exception {
        try (Http2Frames client = connect(LONG, LONG, Duration.ofSeconds(3)).begin(INITIAL_WINDOW_SIZE, 0)) {
            client.request(1, END_STREAM, "GET", "/early").request(3, END_STREAM, "GET", "/large");
            Frame reset = null;
            int taken = 0;
            while (taken < 1 << 20) {
                client.write(WINDOW_UPDATE, 0, 3, new byte[] {0, 0, 0x40, 0});
                client.write(WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0x40, 0});
                Frame frame = client.read().orElseThrow();
                while (frame.type() != DATA) {
                    reset = frame.type() == RST_STREAM ? frame : reset;
                    frame = client.read().orElseThrow();
                }
                taken += frame.payload().remaining();
                checks.drainPermits();
                assertThat(checks.tryAcquire(9, 2, TimeUnit.MINUTES)).isTrue();
            }

            assertThat(reset).isNotNull();
            assertThat(reset.stream()).isEqualTo(1);
            assertThat(reset.error()).isEqualTo(ENHANCE_YOUR_CALM);
            assertThat(ended("unread")).isEqualTo(1);
        }
    }
}
