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

import io.vertx.core.http.HttpServerRequest;
import io.wadi.ingest.http.Http2Frames.Frame;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 clients that keep connections or streams open without sending requests, or that do not read responses. */
@Execution(ExecutionMode.CONCURRENT)
class Http2GuardTest extends Http2GuardTestSupport {
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
    void clientThatDoesNotReadItsResponse_isDisconnected() throws Exception {
        try (Http2Frames client = connect(LONG, LONG).begin(INITIAL_WINDOW_SIZE, 0)) {
            client.request(1, END_STREAM, "GET", "/early");

            assertThat(client.status()).isEqualTo("200");
            assertThat(client.read(DATA)).as("no room was given for it").isEmpty();
            assertThat(ended("unread")).isEqualTo(1);
        }
    }

    /** The response takes three intervals, and the client reads nine times what an interval requires. */
    @Test
    void clientThatReadsItsResponseSlowly_isKept() throws Exception {
        try (Http2Frames client = connect(LONG, LONG, MEDIUM).begin(INITIAL_WINDOW_SIZE, 0)) {
            client.request(1, END_STREAM, "GET", "/large");
            int taken = 0;
            while (taken < 1 << 20) {
                client.write(WINDOW_UPDATE, 0, 1, new byte[] {0, 0, 0x40, 0});
                client.write(WINDOW_UPDATE, 0, 0, new byte[] {0, 0, 0x40, 0});
                taken += client.read(DATA).orElseThrow().payload().remaining();
                checks.drainPermits();
                assertThat(checks.tryAcquire(16, 2, TimeUnit.MINUTES)).isTrue();
            }

            assertThat(taken).isEqualTo(1 << 20);
        }
    }

    /** The other response of the connection advances by nine times what an interval requires. */
    @Test
    void responseThatIsNotRead_isReset_whileOthersAreRead() throws Exception {
        try (Http2Frames client = connect(LONG, LONG, MEDIUM).begin(INITIAL_WINDOW_SIZE, 0)) {
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
                assertThat(checks.tryAcquire(16, 2, TimeUnit.MINUTES)).isTrue();
            }

            assertThat(reset).isNotNull();
            assertThat(reset.stream()).isEqualTo(1);
            assertThat(reset.error()).isEqualTo(ENHANCE_YOUR_CALM);
            assertThat(ended("unread")).isEqualTo(1);
        }
    }
}
