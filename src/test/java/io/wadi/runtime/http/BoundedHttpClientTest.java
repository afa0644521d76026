package io.wadi.runtime.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.wadi.local.Ports;
import io.wadi.testing.SilentServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BoundedHttpClientTest {
    private static final Duration LONG = Duration.ofMinutes(2);

    private final List<Headers> received = new CopyOnWriteArrayList<>();
    private volatile boolean isEndlessBegun;
    private volatile boolean isConnectionClosed;
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        server.createContext("/ok", exchange -> respond(exchange, 200, "fine"));
        server.createContext("/missing", exchange -> respond(exchange, 404, "x".repeat(400)));
        server.createContext("/endless", this::respondForever);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void respond(HttpExchange exchange, int status, String body) throws IOException {
        received.add(exchange.getRequestHeaders());
        exchange.sendResponseHeaders(status, body.length());
        exchange.getResponseBody().write(body.getBytes(UTF_8));
        exchange.close();
    }

    private void respondForever(HttpExchange exchange) throws IOException {
        isEndlessBegun = true;
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream body = exchange.getResponseBody()) {
            while (true) {
                body.write(new byte[8192]);
            }
        } catch (IOException e) {
            isConnectionClosed = true;
            throw e;
        }
    }

    private String address(String path) {
        return "http://localhost:" + server.getAddress().getPort() + path;
    }

    @Test
    void get_sendsAuthorizationAndUserAgent() throws Exception {
        BoundedHttpClient client =
                new BoundedHttpClient(LONG, 4, BoundedHttpClient.basic("wadi", "sécret"), Optional.empty());

        assertThat(client.get(address("/ok"), "Accept", "text/plain"))
                .asString()
                .isEqualTo("fine");
        assertThat(received).singleElement().satisfies(headers -> {
            assertThat(headers.getFirst("Authorization")).isEqualTo("Basic d2FkaTpzw6ljcmV0");
            assertThat(headers.getFirst("User-Agent")).startsWith("Wadi/");
            assertThat(headers.getFirst("Accept")).isEqualTo("text/plain");
        });
    }

    @Test
    void get_otherStatus_isAnErrorWithATruncatedBody_withoutPasswordAndQuery() {
        String withPassword = address("/missing?token=secret").replace("://", "://wadi:secret@");

        assertThatIOException()
                .isThrownBy(() -> new BoundedHttpClient(LONG, 1000).get(withPassword))
                .withMessage(address("/missing") + " returned 404: " + "x".repeat(300));
    }

    @Test
    void send_bodyBeyondTheLimit_isAnErrorAndClosesTheConnection() {
        BoundedHttpClient client = new BoundedHttpClient(LONG, 1024);

        assertThatExceptionOfType(HttpExchangeException.class)
                .isThrownBy(() -> client.send(HttpRequest.newBuilder(URI.create(address("/endless")))))
                .withMessage("sent more than 1KiB")
                .satisfies(e -> assertThat(e.isTimeout()).isFalse());
        await().untilAsserted(() -> assertThat(isConnectionClosed).isTrue());
    }

    @Test
    void sendForStatus_bodyBeyondTheLimit_isTruncated_andEndsAfterTheTimeout() throws Exception {
        BoundedHttpClient client = new BoundedHttpClient(LONG, 5);
        BoundedHttpClient.Response missing =
                client.sendForStatus(HttpRequest.newBuilder(URI.create(address("/missing"))));

        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.text(10)).isEqualTo("xxxxx");
        // On a busy machine the client may time out before the request arrives.
        await().until(() -> {
            assertThatExceptionOfType(HttpExchangeException.class)
                    .isThrownBy(() -> new BoundedHttpClient(Duration.ofMillis(200), 5)
                            .sendForStatus(HttpRequest.newBuilder(URI.create(address("/endless")))))
                    .satisfies(e -> assertThat(e.isTimeout()).isTrue());
            return isEndlessBegun;
        });
        await().untilAsserted(() -> assertThat(isConnectionClosed).isTrue());
    }

    @Test
    void get_noResponse_isAnErrorWithTheAddress() throws Exception {
        try (SilentServer silent = new SilentServer(0)) {
            String address = "http://localhost:" + silent.port();

            assertThatExceptionOfType(HttpExchangeException.class)
                    .isThrownBy(() -> new BoundedHttpClient(Duration.ofMillis(200), 5).get(address))
                    .withMessage(address + ": did not complete its response within 200ms")
                    .satisfies(e -> assertThat(e.isTimeout()).isTrue());
        }
        String unused = "http://localhost:" + Ports.free();
        assertThatExceptionOfType(HttpExchangeException.class)
                .isThrownBy(() -> new BoundedHttpClient(LONG, 5).get(unused))
                .withMessageStartingWith(unused + ": ConnectException")
                .satisfies(e -> assertThat(e.isTimeout()).isFalse());
    }
}
