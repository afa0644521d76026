package io.wadi.ingest.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Http;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that their routes hold, or that arrive while routes are replaced, suspended or stopped. */
class HeldRequestsTest extends RequestDispatcherTestSupport {
    @Test
    void stopping_acceptsNoConnections_rejectsNewRequests_andCompletesThoseInFlight() throws Exception {
        CompletableFuture<HttpResponse<String>> begun = inBackground("/held");
        AsyncCallback release = held.poll(2, TimeUnit.MINUTES);
        try (Socket kept = connect()) {
            kept.getOutputStream().write(REQUEST);
            assertThat(kept.getInputStream().read()).isEqualTo('H');

            CompletableFuture<Void> stopped =
                    CompletableFuture.runAsync(() -> port.camel().stop());
            await().untilAsserted(
                            () -> assertThatThrownBy(() -> connect().close()).isInstanceOf(ConnectException.class));
            kept.getOutputStream().write(REQUEST);

            assertThat(new String(kept.getInputStream().readAllBytes(), UTF_8).toLowerCase(Locale.ROOT))
                    .contains("http/1.1 503 ", "retry-after: 2", "connection: close")
                    .endsWith("{\"error\":\"wadi is stopping\"}");
            assertThat(begun).isNotDone();
            release.done(false);

            assertThat(begun.get(2, TimeUnit.MINUTES).body()).isEqualTo("released");
            assertThat(stopped).succeedsWithin(SOON);
        }
    }

    @Test
    void suspendedRoute_rejectsRequestsUntilResumed() throws Exception {
        port.camel().suspend();

        for (String path : List.of("/a/b", "/nowhere")) {
            assertThat(Http.get(port.url() + path).statusCode()).as(path).isEqualTo(503);
        }
        port.camel().resume();

        assertThat(Http.get(port.url() + "/a/b").statusCode()).isEqualTo(200);
    }

    @Test
    void suspendedRoute_isReportedInTheFormatOfThePath() throws Exception {
        port.camel().suspend();

        for (String path : List.of("/topics/a", "/topics")) {
            HttpResponse<String> answer = Http.post(port.url() + path, new byte[1]);
            assertThat(answer.body()).startsWith("{\"error_code\":50003,\"message\":\"Wadi is ");
            assertThat(answer.headers().firstValue("Retry-After")).hasValue("2");
        }
    }

    @Test
    void disconnectedClient_leavesNoExchangeInFlight() throws Exception {
        var socket = port.connect();
        socket.getOutputStream()
                .write("GET /held HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        AsyncCallback release = held.poll(2, TimeUnit.MINUTES);
        socket.close();
        release.done(false);

        await().until(() -> port.camel().getInflightRepository().size() == 0);
        assertThat(Http.get(port.url() + "/a/b").statusCode()).isEqualTo(200);
    }

    /** Otherwise a client that connects, sends a request and disconnects in a loop fills the heap during a reload. */
    @ParameterizedTest
    @CsvSource({
        "'',false",
        "'POST /a/b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx',false",
        "'POST /a/b HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nx',true",
        "'POST /a/b HTTP/1.1\r\nHos',false",
        "'POST /a/b HTTP/1.1\r\n\r\n',false",
        "'malformed\r\n\r\n',true",
    })
    void heldRequest_isDroppedWhenItsClientDisconnects(String pipelined, boolean isReset) throws Exception {
        RequestDispatcher.Hold hold = port.holdAll();
        try (Socket connected = connect()) {
            connected.getOutputStream().write(REQUEST);
            try (Socket disconnected = connect()) {
                disconnected.getOutputStream().write(REQUEST);
                disconnected.getOutputStream().write(pipelined.getBytes(UTF_8));
                await().until(() -> hold.size() == 2);
                if (isReset) {
                    disconnected.setSoLinger(true, 0);
                }
            }
            await().until(() -> hold.size() == 1);
            hold.close();

            assertThat(connected.getInputStream().read()).isEqualTo('H');
            assertThat(hold.size()).isZero();
        }
    }

    /** Vert.x pauses the body after a few chunks; the rest is decoded once the request is dispatched. */
    @Test
    void heldBodyOfTinyChunks_isReadCompletely() throws Exception {
        RequestDispatcher.Hold hold = port.holdAll();
        try (Socket socket = connect()) {
            socket.getOutputStream().write(tinyChunks().getBytes(UTF_8));
            await().until(() -> hold.size() == 1);
            hold.close();

            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("\r\n\r\n" + "x".repeat(10_000));
        }
    }

    @Test
    void pipelinedBodyOfTinyChunks_isReadCompletely_onceTheRequestBeforeItIsAnswered() throws Exception {
        try (Socket socket = connect()) {
            String first = EventEndpoint.head("GET /held HTTP/1.1", "Host: x");
            socket.getOutputStream().write((first + tinyChunks()).getBytes(UTF_8));
            held.poll(2, TimeUnit.MINUTES).done(false);

            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("HTTP/1.1 200 ")
                    .contains("\r\n\r\nreleasedHTTP/1.1 200 ")
                    .endsWith("\r\n\r\n" + "x".repeat(10_000));
        }
    }

    /** Returns a request with a body of 10,000 chunks of one byte. */
    private static String tinyChunks() {
        String head =
                EventEndpoint.head("POST /a/b HTTP/1.1", "Host: x", "Transfer-Encoding: chunked", "Connection: close");
        return head + "1\r\nx\r\n".repeat(10_000) + "0\r\n\r\n";
    }

    private CompletableFuture<HttpResponse<String>> inBackground(String path) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return Http.get(port.url() + path);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }
}
