package io.wadi.metrics.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.wadi.local.Ports;
import io.wadi.metrics.notification.WebhookException.Cause;
import io.wadi.testing.Certificate;
import io.wadi.testing.SilentServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration SHORT = Duration.ofMillis(200);

    private static WebhookOptions options(String user, String password, String token, String caFile) {
        return new WebhookOptions(user, password, token, caFile, LONG);
    }

    private static Webhook within(Duration time) {
        return new Webhook(new WebhookOptions("", "", "", "", time));
    }

    private static void send(Webhook webhook, String address) throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext(false)) {
            Exchange exchange = new DefaultExchange(camel);
            exchange.setProperty(Webhook.ADDRESS, address);
            exchange.getMessage().setBody("[{\"host\":\"web-01\"}]".getBytes(UTF_8));
            webhook.process(exchange);
        }
    }

    @Test
    void body_isPostedAsJson_withCredentials() throws Exception {
        try (Hook hook = new Hook()) {
            send(new Webhook(options("", "", "", "")), hook.url() + "/api/v2/alerts");
            send(new Webhook(options("wadi", "sécret", "", "")), hook.url());
            send(new Webhook(options("", "", "t0ken", "")), hook.url());

            assertThat(hook.received()).extracting(Hook.Received::path).startsWith("/api/v2/alerts");
            assertThat(hook.received()).extracting(Hook.Received::type).containsOnly("application/json");
            assertThat(hook.received())
                    .extracting(Hook.Received::authorization)
                    .containsExactly(null, "Basic d2FkaTpzw6ljcmV0", "Bearer t0ken");
            assertThat(hook.received().get(0).hosts()).containsExactly("web-01");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, REJECTED",
        "413, REJECTED",
        "422, REJECTED",
        "429, OVERLOADED",
        "500, SERVER_ERROR",
        "503, SERVER_ERROR",
        "302, NOT_SERVED",
        "401, NOT_SERVED",
        "404, NOT_SERVED"
    })
    void status_determinesTheCause(int status, Cause cause) throws Exception {
        try (Hook hook = new Hook()) {
            hook.respondWith(status);

            assertThatExceptionOfType(WebhookException.class)
                    .isThrownBy(() -> send(within(LONG), hook.url()))
                    .withMessage("%d of %s: {\"code\":%d,\"message\":\"no\"}", status, hook.url(), status)
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(cause));
        }
    }

    @Test
    void serverWithoutAResponse_timesOut() throws Exception {
        try (SilentServer silent = new SilentServer(0)) {
            assertThatExceptionOfType(WebhookException.class)
                    .isThrownBy(() -> send(within(SHORT), "http://localhost:" + silent.port()))
                    .withMessage("no response within 200ms")
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Cause.TIMEOUT));
        }
    }

    @Test
    void endlessResponse_timesOut() throws Exception {
        try (ServerSocket endless = new ServerSocket(0)) {
            Thread server = new Thread(() -> flood(endless), "endless-answer");
            server.setDaemon(true);
            server.start();

            assertThatExceptionOfType(WebhookException.class)
                    .isThrownBy(() -> send(within(SHORT), "http://localhost:" + endless.getLocalPort()))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Cause.TIMEOUT));
        }
    }

    private static void flood(ServerSocket endless) {
        try (Socket socket = endless.accept()) {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".getBytes(UTF_8));
            byte[] chunk = ("ffff\r\n" + "x".repeat(0xffff) + "\r\n").getBytes(UTF_8);
            while (true) {
                out.write(chunk);
            }
        } catch (IOException e) {
            // The client closed the connection, as expected.
            return;
        }
    }

    @Test
    void longResponse_isTruncatedInTheMessage() throws Exception {
        try (ServerSocket one = serving(answer(400, 100_000, "x".repeat(100_000)))) {
            assertThatExceptionOfType(WebhookException.class)
                    .isThrownBy(() -> send(within(LONG), "http://localhost:" + one.getLocalPort()))
                    .satisfies(e -> assertThat(e.getMessage()).endsWith(": " + "x".repeat(600)));
        }
    }

    @Test
    void truncatedResponse_isEvaluatedByItsStatus() throws Exception {
        try (ServerSocket refusing = serving(answer(413, 1_000, "too large"));
                ServerSocket taking = serving(answer(200, 1_000, "taken"))) {
            String address = "http://localhost:" + refusing.getLocalPort();

            assertThatExceptionOfType(WebhookException.class)
                    .isThrownBy(() -> send(within(LONG), address))
                    .withMessage("413 of %s: too large", address)
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Cause.REJECTED));
            assertThatNoException().isThrownBy(() -> send(within(LONG), "http://localhost:" + taking.getLocalPort()));
        }
    }

    private static String answer(int status, int length, String body) {
        return "HTTP/1.1 %d No\r\nContent-Length: %d\r\n\r\n%s".formatted(status, length, body);
    }

    /** Starts a server that sends this response to one request, complete or not, and ends the connection. */
    private static ServerSocket serving(String answer) throws IOException {
        ServerSocket one = new ServerSocket(0);
        Thread server = new Thread(
                () -> {
                    try (Socket socket = one.accept()) {
                        socket.getInputStream().read();
                        socket.getOutputStream().write(answer.getBytes(UTF_8));
                        socket.shutdownOutput();
                        // With unread input, close would reset the connection and the response could be lost.
                        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                    } catch (IOException e) {
                        return;
                    }
                },
                "one-answer");
        server.setDaemon(true);
        server.start();
        return one;
    }

    @Test
    void refusedConnection_isReportedAsUnreachable() {
        assertThatExceptionOfType(WebhookException.class)
                .isThrownBy(() -> send(within(LONG), "http://localhost:" + Ports.free()))
                .withMessageStartingWith("ConnectException")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Cause.UNREACHABLE));
    }

    @Test
    void caFile_isTrustedOnlyIfConfigured(@TempDir Path directory) throws Exception {
        Certificate certificate = Certificate.make(directory, "localhost", "RSA");
        Path ca = Files.writeString(directory.resolve("ca.pem"), certificate.pem());
        HttpsServer server = HttpsServer.create(new InetSocketAddress("localhost", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.showing()));
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        try {
            String address = "https://localhost:" + server.getAddress().getPort();
            send(new Webhook(options("", "", "", ca.toString())), address);

            assertThatExceptionOfType(WebhookException.class)
                    .isThrownBy(() -> send(within(LONG), address))
                    .withMessageContaining("SSLHandshakeException")
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Cause.UNREACHABLE));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void mistakes_areReported_withoutSecrets(@TempDir Path directory) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options("wadi", "secret", "token", ""))
                .withMessage("wadi.alerts.webhook.user and wadi.alerts.webhook.token are both set:"
                        + " expected one of them");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options("", "", "secret\ntoken", ""))
                .withMessageStartingWith("wadi.alerts.webhook.token: ")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Webhook(
                        options("", "", "", directory.resolve("none").toString())))
                .withMessageStartingWith("wadi.alerts.webhook.ca-file: ");
        assertThat(options("wadi", "secret", "", "").toString()).doesNotContain("secret");
    }
}
