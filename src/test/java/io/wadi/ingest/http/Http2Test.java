package io.wadi.ingest.http;

import static io.wadi.ingest.http.Http2Frames.ACK;
import static io.wadi.ingest.http.Http2Frames.CONTINUATION;
import static io.wadi.ingest.http.Http2Frames.DATA;
import static io.wadi.ingest.http.Http2Frames.END_HEADERS;
import static io.wadi.ingest.http.Http2Frames.END_STREAM;
import static io.wadi.ingest.http.Http2Frames.ENHANCE_YOUR_CALM;
import static io.wadi.ingest.http.Http2Frames.GOAWAY;
import static io.wadi.ingest.http.Http2Frames.HEADERS;
import static io.wadi.ingest.http.Http2Frames.NO_ERROR;
import static io.wadi.ingest.http.Http2Frames.PADDED;
import static io.wadi.ingest.http.Http2Frames.PING;
import static io.wadi.ingest.http.Http2Frames.PRIORITY;
import static io.wadi.ingest.http.Http2Frames.PROTOCOL_ERROR;
import static io.wadi.ingest.http.Http2Frames.REFUSED_STREAM;
import static io.wadi.ingest.http.Http2Frames.RST_STREAM;
import static io.wadi.ingest.http.Http2Frames.SETTINGS;
import static io.wadi.ingest.http.Http2Frames.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.auth.TlsCertificate;
import io.wadi.ingest.http.Http2Frames.Frame;
import io.wadi.ingest.tls.IngestTls;
import io.wadi.runtime.security.HeadDecoder;
import io.wadi.testing.Certificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.apache.camel.AsyncCallback;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The event port behaves over HTTP/2 as over HTTP/1.1. */
class Http2Test {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int MAX_BODY = 64 * 1024;

    @TempDir
    private static Path directory;

    private static SslContext tls;
    private static SSLContext trust;

    private final BlockingQueue<AsyncCallback> held = new LinkedBlockingQueue<>();
    private volatile boolean holding = true;
    private EventEndpoint port;

    @BeforeAll
    static void make() throws Exception {
        Certificate own = Certificate.make(directory, "own", "EC");
        tls = IngestTls.context(new TlsCertificate(List.of(own.certificate()), own.key(), List.of()));
        trust = Certificate.trust(own);
    }

    @BeforeEach
    void open() throws Exception {
        port = new EventEndpoint(() -> tls, 1000, Duration.ofMinutes(1), new RouteBuilder() {
            @Override
            public void configure() {
                from("platform-http:/length")
                        .process(exchange -> exchange.getMessage()
                                .setBody(exchange.getMessage().getBody(byte[].class).length + " bytes"));
                from("platform-http:/held")
                        .process(EventEndpoint.hold(held, () -> holding))
                        .setBody(constant("released"));
            }
        });
    }

    @AfterEach
    void close() {
        holding = false;
        held.forEach(callback -> callback.done(false));
        port.close();
    }

    private Http2Frames connect() throws Exception {
        return new Http2Frames(port.connect(), trust).begin();
    }

    private static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(trust)
                .build();
    }

    private HttpRequest post(byte[] body) {
        return HttpRequest.newBuilder(URI.create(port.url() + "/length"))
                .timeout(SOON)
                .POST(BodyPublishers.ofByteArray(body))
                .build();
    }

    @Test
    void concurrentRequests_areAnswered() throws Exception {
        HttpClient client = client();
        assertThat(client.send(post(new byte[0]), BodyHandlers.ofString()).version())
                .isEqualTo(HttpClient.Version.HTTP_2);
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < EventEndpoint.STREAMS; i++) {
            answers.add(client.sendAsync(post(new byte[i * 3000]), BodyHandlers.ofString()));
        }

        for (int i = 0; i < EventEndpoint.STREAMS; i++) {
            HttpResponse<String> answer = answers.get(i).get(2, TimeUnit.MINUTES);
            assertThat(answer.body()).isEqualTo(i * 3000 + " bytes");
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answer.headers().allValues("date")).hasSize(1);
        }
        assertThat(port.answered("/length", "2xx")).isEqualTo(EventEndpoint.STREAMS + 1.0);
    }

    @Test
    void requestsBeyondTheStreamLimit_areRefused_evenBeforeTheSettingsAreAcknowledged() throws Exception {
        try (Http2Frames client = connect()) {
            for (int i = 0; i <= EventEndpoint.STREAMS; i++) {
                client.request(1 + 2 * i, END_STREAM, "GET", "/held");
            }
            Frame refused = client.read(RST_STREAM).orElseThrow();

            assertThat(refused.stream()).isEqualTo(1 + 2 * EventEndpoint.STREAMS);
            assertThat(refused.error()).isEqualTo(REFUSED_STREAM);
            held.poll(2, TimeUnit.MINUTES).done(false);
            assertThat(client.status()).isEqualTo("200");
            client.request(101, END_STREAM, "GET", "/length");
            assertThat(client.read(DATA).map(Frame::text)).hasValue("released");
            assertThat(client.read(DATA).map(Frame::text)).hasValue("0 bytes");
        }
    }

    @Test
    void tooLongRequestLine_is414() throws Exception {
        try (Http2Frames client = connect()) {
            client.request(1, END_STREAM, "GET", "/" + "x".repeat(1024 - " / HTTP/1.1".length() - "GET".length() + 1));
            assertThat(client.status()).isEqualTo("414");
            assertThat(client.read(DATA).map(Frame::text))
                    .hasValue("{\"error\":\"the request line is longer than wadi.http.max-uri\"}");

            client.request(3, END_STREAM, "GET", "/" + "x".repeat(1024 - " / HTTP/1.1".length() - "GET".length()));
            assertThat(client.status()).isEqualTo("404");
            assertThat(port.rejected("uri-too-long")).isEqualTo(1);
            assertThat(port.rejected("not-found")).isEqualTo(1);
        }
    }

    @Test
    void tooLargeHeaders_are431_andMuchLargerOnesCloseTheConnection() throws Exception {
        try (Http2Frames client = connect()) {
            client.request(1, END_STREAM, "GET", "/length", "x-long", "x".repeat(2048 - 8));
            assertThat(client.status()).isEqualTo("200");

            client.request(3, END_STREAM, "GET", "/length", "x-long", "x".repeat(2048 - 7));
            assertThat(client.status()).isEqualTo("431");
            assertThat(client.read(DATA).map(Frame::text))
                    .hasValue("{\"error\":\"the headers are larger than wadi.http.max-headers\"}");

            client.request(5, END_STREAM, "GET", "/length", "x-long", "x".repeat(5120));
            assertThat(client.status()).isEqualTo("431");

            client.request(7, END_STREAM, "GET", "/length", "x-long", "x".repeat(16_000));
            assertThat(client.read(GOAWAY)).isPresent();
            assertThat(client.read(GOAWAY)).isEmpty();
        }
    }

    @Test
    void requestBeyondALimit_isRejectedInTheFormatOfItsPath_readableForPages() throws Exception {
        try (Http2Frames client = connect()) {
            client.request(1, END_STREAM, "GET", "/topics/" + "x".repeat(1024), "origin", "https://shop.example");

            Http2Headers rejection = client.answer();
            assertThat(rejection.status()).hasToString("414");
            assertThat(rejection.get("content-type")).hasToString("application/vnd.kafka.v2+json");
            assertThat(rejection.get("access-control-allow-origin")).hasToString("*");
            assertThat(client.read(DATA).map(Frame::text))
                    .hasValue("{\"error_code\":414,\"message\":"
                            + "\"the request line is longer than wadi.http.max-uri\"}");
        }
    }

    @Test
    void tooManyHeaders_are431() throws Exception {
        String[] headers = new String[2 * (HeadDecoder.MAX_HEADERS + 1)];
        Arrays.fill(headers, "x");
        try (Http2Frames client = connect()) {
            client.request(1, END_STREAM, "GET", "/length", headers);
            assertThat(client.status()).isEqualTo("431");
            assertThat(client.read(DATA).map(Frame::text))
                    .hasValue("{\"error\":\"a request has at most 100 headers\"}");

            client.request(3, END_STREAM, "GET", "/length", Arrays.copyOf(headers, headers.length - 20));
            assertThat(client.status()).isEqualTo("200");
        }
    }

    /** A header of a record, or a line of a log, could otherwise begin another one. */
    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb: c", "a\nb", "a\0b", "\033[2J"})
    void headerValueOrPathWithControlCharacters_isReset(String text) throws Exception {
        try (Http2Frames client = connect()) {
            client.request(1, END_STREAM, "GET", "/length", "x-tenant", text);
            assertThat(client.read(RST_STREAM).orElseThrow().error()).isEqualTo(PROTOCOL_ERROR);
            client.request(3, END_STREAM, "GET", "/length?" + text);
            assertThat(client.read(RST_STREAM).orElseThrow().error()).isEqualTo(PROTOCOL_ERROR);
            client.request(5, END_STREAM, "GET", "/length", "x-tenant", "a\tb c\u00e9");
            assertThat(client.status()).isEqualTo("200");
        }
    }

    @Test
    void connectRequest_is400() throws Exception {
        try (Http2Frames client = connect()) {
            byte[] block = {(byte) 0x02, 7, 'C', 'O', 'N', 'N', 'E', 'C', 'T', (byte) 0x01, 1, 'x'};
            client.write(HEADERS, END_HEADERS | END_STREAM, 1, block);

            assertThat(client.status()).isEqualTo("400");
        }
    }

    @Test
    void tooLargeBody_is413_andAMuchLargerOneIsReset_whileOtherRequestsContinue() throws Exception {
        try (Http2Frames client = connect()) {
            client.request(1, 0, "POST", "/length", "content-length", Integer.toString(MAX_BODY + 1));
            assertThat(client.status()).as("announced").isEqualTo("413");
            client.request(3, 0, "POST", "/length");
            for (int sent = 0; sent <= MAX_BODY; sent += 16_000) {
                client.write(DATA, 0, 3, new byte[16_000]);
            }
            assertThat(client.status()).as("of unknown length").isEqualTo("413");

            for (int sent = 0; sent <= MAX_BODY; sent += 16_000) {
                client.write(DATA, 0, 3, new byte[16_000]);
            }
            Frame reset = client.read(RST_STREAM).orElseThrow();
            assertThat(reset.stream()).isEqualTo(3);
            assertThat(reset.error()).isEqualTo(NO_ERROR);
            client.request(5, END_STREAM, "GET", "/length");
            assertThat(client.status()).isEqualTo("200");
        }
    }

    @Test
    void expect100Continue_isAnswered() throws Exception {
        try (Http2Frames client = connect()) {
            client.request(1, 0, "POST", "/length", "expect", "100-continue");
            assertThat(client.status()).isEqualTo("100");

            client.write(DATA, END_STREAM, 1, new byte[2]);
            assertThat(client.status()).isEqualTo("200");
            assertThat(client.read(DATA).map(Frame::text)).hasValue("2 bytes");
        }
    }

    @Test
    void requestResetWhileItsRouteRuns_isDropped_andTheConnectionContinues() throws Exception {
        try (Http2Frames client = connect()) {
            client.request(1, END_STREAM, "GET", "/held");
            AsyncCallback route = held.poll(2, TimeUnit.MINUTES);
            client.write(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8});
            client.request(3, END_STREAM, "GET", "/length");
            assertThat(client.read(DATA).map(Frame::stream)).hasValue(3);

            route.done(false);
            client.request(5, END_STREAM, "GET", "/length");
            assertThat(client.read(DATA).map(Frame::stream)).hasValue(5);
        }
    }

    @Test
    void heldRequest_isDroppedWhenItIsReset_andOthersAreDispatchedInTheOrderOfTheirArrival() throws Exception {
        RequestDispatcher.Hold hold = port.holdAll();
        try (Http2Frames client = connect()) {
            for (int stream = 1; stream <= 9; stream += 2) {
                client.request(stream, END_STREAM, "GET", "/length");
            }
            await().until(() -> hold.size() == 5);
            client.write(RST_STREAM, 0, 3, new byte[] {0, 0, 0, 8});
            client.write(RST_STREAM, 0, 7, new byte[] {0, 0, 0, 8});
            await().until(() -> hold.size() == 3);
            hold.close();

            for (int stream : List.of(1, 5, 9)) {
                assertThat(client.read(DATA).map(Frame::stream)).hasValue(stream);
            }
        }
    }

    @Test
    void stopping_sendsGoaway_andCompletesRequestsInFlight() throws Exception {
        try (Http2Frames client = connect()) {
            client.request(1, END_STREAM, "GET", "/held");
            AsyncCallback begun = held.poll(2, TimeUnit.MINUTES);
            CompletableFuture<Void> stopped =
                    CompletableFuture.runAsync(() -> port.camel().stop());
            begun.done(false);

            assertThat(client.status()).isEqualTo("200");
            assertThat(client.read(DATA).map(Frame::text)).hasValue("released");
            Frame last = client.read(GOAWAY).orElseThrow();
            assertThat(last.error()).isEqualTo(NO_ERROR);
            assertThat(client.read()).isEmpty();
            stopped.get(2, TimeUnit.MINUTES);
        }
    }

    /** Frames that cost a client next to nothing and that the codec accepts in any number. */
    static Stream<Arguments> acceptedFrames() {
        return Stream.of(
                Arguments.of("pings", Http2Frames.frame(PING, 0, 0, new byte[8])),
                Arguments.of("answers to pings", Http2Frames.frame(PING, ACK, 0, new byte[8])),
                Arguments.of("settings", Http2Frames.frame(SETTINGS, 0, 0)),
                Arguments.of("changing settings", Http2Frames.frame(SETTINGS, 0, 0, new byte[] {0, 1, 0, 0, 0x10, 0})),
                Arguments.of("acknowledgements", Http2Frames.frame(SETTINGS, ACK, 0)),
                Arguments.of(
                        "resets of an answered request", Http2Frames.frame(RST_STREAM, 0, 1, new byte[] {0, 0, 0, 8})),
                Arguments.of("priorities", Http2Frames.frame(PRIORITY, 0, 3, new byte[5])),
                Arguments.of("window updates", Http2Frames.frame(WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0, 1})),
                Arguments.of(
                        "window updates of an answered request",
                        Http2Frames.frame(WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 0, 1})),
                Arguments.of("unknown frames", Http2Frames.frame(0x55, 0, 0)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("acceptedFrames")
    void acceptedFrames_inAnyNumber_doNotDelayRequests(String ofWhat, byte[] frame) throws Exception {
        byte[] frames = times(frame, 1_000);
        try (Http2Frames other = connect();
                Http2Frames client = connect()) {
            client.request(1, END_STREAM, "GET", "/length");
            assertThat(client.read(DATA)).isPresent();
            client.request(3, 0, "POST", "/length");

            for (int round = 1; round <= 20; round++) {
                client.flood(frames);
                other.request(2 * round - 1, END_STREAM, "GET", "/length");
                assertThat(other.read(DATA).map(Frame::text)).hasValue("0 bytes");
                client.awaitProcessed(round);
            }

            client.write(DATA, END_STREAM, 3, new byte[2]);
            assertThat(client.read(DATA).map(Frame::text)).hasValue("2 bytes");
            assertThat(port.ended("flood")).isZero();
        }
    }

    /** Frames that cost a client next to nothing and that the codec limits. */
    static Stream<Arguments> limitedFrames() {
        return Stream.of(
                Arguments.of("empty bodies", Http2Frames.frame(DATA, 0, 3)),
                Arguments.of("padding", Http2Frames.frame(DATA, PADDED, 3, padding())));
    }

    private static byte[] padding() {
        byte[] payload = new byte[256];
        payload[0] = (byte) 255;
        return payload;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("limitedFrames")
    void floodOfLimitedFrames_closesOnlyItsConnection(String ofWhat, byte[] frame) throws Exception {
        try (Http2Frames other = connect();
                Http2Frames client = connect()) {
            other.request(1, END_STREAM, "GET", "/held");
            client.request(1, END_STREAM, "GET", "/length");
            assertThat(client.read(DATA)).isPresent();
            client.request(3, 0, "POST", "/length");
            client.flood(times(frame, 20_000));
            assertEndedAsFlood(client);

            held.poll(2, TimeUnit.MINUTES).done(false);
            assertThat(other.status()).isEqualTo("200");
        }
    }

    @Test
    void unfinishedContinuationFrames_closeTheConnection() throws Exception {
        try (Http2Frames client = connect()) {
            client.write(HEADERS, END_STREAM, 1, client.block("GET", "/length"));
            client.flood(times(Http2Frames.frame(CONTINUATION, 0, 1), 1000));

            assertEndedAsFlood(client);
        }
    }

    /** The server's last frames may be lost if the client continues to send. */
    private void assertEndedAsFlood(Http2Frames client) throws IOException {
        client.read(GOAWAY).ifPresent(last -> assertThat(last.error()).isEqualTo(ENHANCE_YOUR_CALM));
        assertThat(client.read()).isEmpty();
        await().untilAsserted(() -> assertThat(port.ended("flood")).isEqualTo(1));
    }

    private static byte[] times(byte[] frame, int times) {
        ByteBuffer frames = ByteBuffer.allocate(frame.length * times);
        for (int i = 0; i < times; i++) {
            frames.put(frame);
        }
        return frames.array();
    }

    @Test
    void rapidReset_closesOnlyItsConnection() throws Exception {
        try (Http2Frames other = connect();
                Http2Frames client = connect()) {
            other.request(1, END_STREAM, "GET", "/held");
            ByteArrayOutputStream flood = new ByteArrayOutputStream();
            for (int i = 0; i < 300; i++) {
                flood.write(Http2Frames.frame(
                        HEADERS, END_HEADERS | END_STREAM, 1 + 2 * i, client.block("GET", "/length")));
                flood.write(Http2Frames.frame(RST_STREAM, 0, 1 + 2 * i, new byte[] {0, 0, 0, 8}));
            }
            client.flood(flood.toByteArray());
            assertEndedAsFlood(client);

            held.poll(2, TimeUnit.MINUTES).done(false);
            assertThat(other.status()).isEqualTo("200");
        }
    }
}
