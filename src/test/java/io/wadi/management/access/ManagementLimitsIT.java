package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.Http;
import io.wadi.testing.RunningWadi;
import io.wadi.testing.Scrape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The limits of connections to the management port of a running pipeline. */
class ManagementLimitsIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int SHARE = 4;

    @AutoClose
    private static RunningWadi wadi;

    @BeforeAll
    static void start() throws Exception {
        wadi = RunningWadi.startRoutes(
                List.of(),
                Map.of(
                        "wadi.management.max-connections",
                        Integer.toString(2 * SHARE),
                        "wadi.management.idle-timeout",
                        "3s"));
    }

    /** Connections that also end within the limits of other connections. */
    private static Socket connect() throws IOException {
        Socket socket = new Socket("localhost", URI.create(wadi.managementUrl()).getPort());
        socket.setSoTimeout((int) TIMEOUT.toMillis());
        return socket;
    }

    private static Socket send(String text) throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(text.getBytes(UTF_8));
        return socket;
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private static void awaitClosedWhileDripping(Socket socket) {
        await().pollInterval(Duration.ofMillis(200)).until(() -> {
            try {
                socket.getOutputStream().write('x');
                return false;
            } catch (SocketException e) {
                return true;
            }
        });
    }

    private static double ended(String reason) {
        return await().ignoreExceptions()
                .until(
                        () -> Scrape.of(wadi).sum("wadi_management_connections_ended_total", "reason", reason),
                        count -> count >= 0);
    }

    @Test
    void connectionsBeyondANetworksShare_areClosed_untilAnotherOneCloses() throws Exception {
        double before = ended("too-many");
        await().ignoreExceptions().until(() -> {
            Socket[] open = new Socket[SHARE + 3];
            int closed = 0;
            for (int i = 0; i < open.length; i++) {
                open[i] = connect();
            }
            for (Socket each : open) {
                closed += isClosed(each) ? 1 : 0;
                each.close();
            }
            return closed == open.length;
        });
        await().untilAsserted(() -> assertThat(ended("too-many")).isGreaterThanOrEqualTo(before + 3));
        assertThat(ended("unused")).isPositive();
        assertThat(Http.get(wadi.managementUrl() + "/observe/health/live").statusCode())
                .isEqualTo(200);
    }

    @Test
    void probesScrapesAndOtherRequests_haveSeparateThreads() throws Exception {
        for (String path : List.of("/observe/health/live", "/observe/metrics", "/api/about")) {
            assertThat(Http.get(wadi.managementUrl() + path).statusCode()).isEqualTo(200);
        }
        for (String threads : List.of("probes", "scrapes", "requests")) {
            assertThat(Thread.getAllStackTraces().keySet())
                    .anyMatch(thread -> thread.getName().startsWith("wadi-management-" + threads));
        }
    }

    @Test
    void slowHeaders_closeTheConnection() throws Exception {
        double before = ended("unused");
        try (Socket socket = send("GET /observe/health HTTP/1.1\r\nHost: localhost\r\nX: ")) {
            awaitClosedWhileDripping(socket);
        }
        await().untilAsserted(() -> assertThat(ended("unused")).isGreaterThan(before));
    }

    @Test
    void slowBody_closesTheConnection() throws Exception {
        double before = ended("slow");
        try (Socket socket = send("POST /api/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4000\r\n\r\n")) {
            awaitClosedWhileDripping(socket);
        }
        await().untilAsserted(() -> assertThat(ended("slow")).isGreaterThan(before));
    }

    @Test
    void eventStream_continuesBeyondTheTimeout() throws Exception {
        try (Socket socket = send("GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
                BufferedReader answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8))) {
            int events = 0;
            for (String line = answer.readLine(); events < 5; line = answer.readLine()) {
                assertThat(line).isNotNull();
                events += line.equals("event: now") ? 1 : 0;
            }
        }
    }

    @Test
    void tooLargeBodiesAndHeaders_areRejected() throws Exception {
        assertThat(Http.post(
                                wadi.managementUrl() + "/connectors",
                                new byte[100_000],
                                "Content-Type",
                                "application/octet-stream")
                        .statusCode())
                .isEqualTo(413);
        assertThat(Http.get(wadi.managementUrl() + "/observe/health", "X", "x".repeat(20_000))
                        .statusCode())
                .isEqualTo(431);
        assertThat(Http.get(wadi.managementUrl() + "/observe/health?" + "x".repeat(20_000))
                        .statusCode())
                .isEqualTo(414);
    }
}
