package io.wadi.ingest.http;

import static io.wadi.ingest.http.Http2Frames.DATA;
import static io.wadi.ingest.http.Http2Frames.END_STREAM;
import static io.wadi.ingest.http.Http2Frames.HEADERS;
import static io.wadi.ingest.http.Http2Frames.NO_ERROR;
import static io.wadi.ingest.http.Http2Frames.RST_STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.http.Http2Frames.Frame;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** HTTP/2 clients that send a body too slowly, in too many frames, or after its response. */
@Execution(ExecutionMode.CONCURRENT)
class Http2BodyGuardTest extends Http2GuardTestSupport {
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
}
