package io.wadi.ingest.http;

import static io.wadi.ingest.http.Http2Frames.DATA;
import static io.wadi.ingest.http.Http2Frames.END_HEADERS;
import static io.wadi.ingest.http.Http2Frames.END_STREAM;
import static io.wadi.ingest.http.Http2Frames.GOAWAY;
import static io.wadi.ingest.http.Http2Frames.HEADERS;
import static io.wadi.ingest.http.Http2Frames.NO_ERROR;
import static io.wadi.ingest.http.Http2Frames.PROTOCOL_ERROR;
import static io.wadi.ingest.http.Http2Frames.REFUSED_STREAM;
import static io.wadi.ingest.http.Http2Frames.RST_STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.http2.Http2Headers;
import io.wadi.ingest.http.Http2Frames.Frame;
import io.wadi.runtime.security.HeadDecoder;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The event port behaves over HTTP/2 as over HTTP/1.1. */
class Http2Test extends Http2TestSupport {
    private static final Duration SOON = Duration.ofMinutes(2);
    private static final int MAX_BODY = 64 * 1024;

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

    /** Vert.x would close the connection, with the requests of other clients of a proxy. */
    @ParameterizedTest
    @ValueSource(strings = {"G T", "G:T", "G\tT"})
    void invalidMethod_isReset_andTheConnectionContinues(String method) throws Exception {
        try (Http2Frames client = connect()) {
            client.request(1, END_STREAM, "GET", "/held");
            AsyncCallback route = held.poll(2, TimeUnit.MINUTES);
            client.request(3, END_STREAM, method, "/length");
            Frame reset = client.read(RST_STREAM).orElseThrow();
            assertThat(reset.stream()).isEqualTo(3);
            assertThat(reset.error()).isEqualTo(PROTOCOL_ERROR);

            route.done(false);
            assertThat(client.read(DATA).map(Frame::text)).hasValue("released");
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
            await().untilAsserted(() ->
                    assertThatThrownBy(() -> port.connect().close()).isInstanceOf(ConnectException.class));
            assertThat(stopped).isNotDone();
            begun.done(false);

            assertThat(client.status()).isEqualTo("200");
            assertThat(client.read(DATA).map(Frame::text)).hasValue("released");
            Frame last = client.read(GOAWAY).orElseThrow();
            assertThat(last.error()).isEqualTo(NO_ERROR);
            assertThat(client.read()).isEmpty();
            stopped.get(2, TimeUnit.MINUTES);
        }
    }
}
