package io.wadi.ingest.http;

import static io.wadi.ingest.http.Http2Frames.ACK;
import static io.wadi.ingest.http.Http2Frames.CONTINUATION;
import static io.wadi.ingest.http.Http2Frames.DATA;
import static io.wadi.ingest.http.Http2Frames.END_HEADERS;
import static io.wadi.ingest.http.Http2Frames.END_STREAM;
import static io.wadi.ingest.http.Http2Frames.ENHANCE_YOUR_CALM;
import static io.wadi.ingest.http.Http2Frames.GOAWAY;
import static io.wadi.ingest.http.Http2Frames.HEADERS;
import static io.wadi.ingest.http.Http2Frames.PADDED;
import static io.wadi.ingest.http.Http2Frames.PING;
import static io.wadi.ingest.http.Http2Frames.PRIORITY;
import static io.wadi.ingest.http.Http2Frames.RST_STREAM;
import static io.wadi.ingest.http.Http2Frames.SETTINGS;
import static io.wadi.ingest.http.Http2Frames.WINDOW_UPDATE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.ingest.http.Http2Frames.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Clients that send many frames that cost them next to nothing; the other connections are served. */
class Http2FloodTest extends Http2TestSupport {
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
