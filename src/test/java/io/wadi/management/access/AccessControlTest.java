package io.wadi.management.access;

import static io.wadi.management.access.GuardedServer.OPERATE;
import static io.wadi.management.access.GuardedServer.PASSWORD;
import static io.wadi.management.access.GuardedServer.VIEW;
import static io.wadi.management.access.GuardedServer.json;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which requests access control accepts, and what it writes to the audit log. */
final class AccessControlTest {
    @AutoClose
    private GuardedServer server;

    @BeforeEach
    void listen() throws Exception {
        server = new GuardedServer();
    }

    @Test
    void anonymousClient_mayReadOnlyProbesMetricsAndThePage() throws Exception {
        for (String path : List.of("/observe/health", "/observe/health/live", "/observe/metrics", "/page.js")) {
            assertThat(server.status("GET", path)).as(path).isEqualTo(200);
        }
        assertThat(server.status("GET", "/", "Accept", "text/html,*/*")).isEqualTo(200);
        for (String path : List.of(
                "/",
                "/connectors",
                "/api/lag",
                "/observe/health?data=true",
                "/observe/info",
                "/observe/healthy",
                "/observe/health/../../connectors",
                "/observe/health/%2e%2e/%2e%2e/connectors",
                "//connectors",
                "/page.js/../api/lag")) {
            HttpResponse<String> response = server.send("GET", path, null);
            assertThat(response.statusCode()).as(path).isEqualTo(401);
            assertThat(response.body()).doesNotContain("through");
            assertThat(response.headers().firstValue("WWW-Authenticate"))
                    .hasValueSatisfying(value -> assertThat(value).startsWith("Basic "));
        }
        assertThat(server.status("PUT", "/observe/metrics")).isEqualTo(401);
        assertThat(server.send("GET", "/api/session", null, "Sec-Fetch-Site", "same-origin")
                        .headers()
                        .firstValue("WWW-Authenticate"))
                .isEmpty();
    }

    @Test
    void pageOfAnotherOrigin_isRejected_withAnyCredentials() throws Exception {
        String own = server.url();
        for (String origin : List.of("http://evil.example", "null", "http://localhost", own + "0", "%")) {
            assertThat(server.status("POST", "/connectors/x/restart", "Authorization", OPERATE, "Origin", origin))
                    .as(origin)
                    .isEqualTo(403);
        }
        assertThat(server.status("POST", "/connectors/x/restart", "Authorization", OPERATE, "Origin", own))
                .isEqualTo(200);
    }

    /** A proxy may add its port to the name, such as nginx with {@code $host:$server_port}. */
    @Test
    void defaultPortOfHost_isNotPartOfTheOrigin() throws Exception {
        assertThat(statusLine("localhost:443", "GET /page.js", "Origin: https://localhost"))
                .isEqualTo("HTTP/1.1 200 OK");
        assertThat(statusLine("localhost:80", "GET /page.js", "Origin: http://localhost"))
                .isEqualTo("HTTP/1.1 200 OK");
        assertThat(statusLine("localhost:443", "GET /page.js", "Origin: http://localhost"))
                .isEqualTo("HTTP/1.1 403 Forbidden");
        assertThat(statusLine("localhost:8443", "GET /page.js", "Origin: https://localhost"))
                .isEqualTo("HTTP/1.1 403 Forbidden");
    }

    @Test
    void loginWithoutLength_isRejected() throws Exception {
        assertThat(statusLine("POST /api/session", "Transfer-Encoding: chunked"))
                .isEqualTo("HTTP/1.1 411 Length Required");
        assertThat(statusLine("POST /api/session", "Content-Length: 5000"))
                .isEqualTo("HTTP/1.1 413 Request Entity Too Large");
    }

    private String statusLine(String request, String header) throws Exception {
        return statusLine("localhost", request, header);
    }

    private String statusLine(String host, String request, String header) throws Exception {
        try (Socket socket = new Socket("localhost", URI.create(server.url()).getPort())) {
            socket.setSoTimeout(120_000);
            socket.getOutputStream()
                    .write("%s HTTP/1.1\r\nHost: %s\r\n%s\r\n\r\n"
                            .formatted(request, host, header)
                            .getBytes(US_ASCII));
            return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
        }
    }

    /** Without credentials, requests with bodies that never arrive would use up the places of others. */
    @Test
    void readWithABody_isRejected_beforeTheBodyArrives() throws Exception {
        for (String path : List.of("/page.js", "/observe/health/started", "/observe/metrics", "/connectors")) {
            for (String header : List.of("Content-Length: 5", "Transfer-Encoding: chunked")) {
                for (String method : List.of("GET ", "HEAD ", "OPTIONS ")) {
                    assertThat(statusLine(method + path, header))
                            .as(method + path + ", " + header)
                            .isEqualTo("HTTP/1.1 400 Bad Request");
                }
            }
        }
        assertThat(statusLine("GET /page.js", "Content-Length: 0")).isEqualTo("HTTP/1.1 200 OK");
    }

    /** Vert.x parses these headers on the event loop, and 16 KiB can contain 2,700 invalid weights. */
    @Test
    void longAcceptHeaders_areRejected() throws Exception {
        String weights = "a;q=x,".repeat(170);

        assertThat(statusLine("GET /page.js", "Accept: " + weights)).isEqualTo("HTTP/1.1 200 OK");
        for (String name : List.of("Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Content-Type")) {
            assertThat(statusLine("GET /page.js", name + ": " + weights + "a;q=x"))
                    .as(name)
                    .isEqualTo("HTTP/1.1 400 Bad Request");
        }
        assertThat(statusLine("GET /page.js", "Accept: " + weights + "\r\nAccept-Language: a;q=x"))
                .isEqualTo("HTTP/1.1 400 Bad Request");
    }

    @Test
    void rejectedRequests_doNotFillTheAuditLog_andAllAuthenticatedChangesAreLogged() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(server.status("POST", "/connectors", "Sec-Fetch-Site", "cross-site"))
                    .isEqualTo(403);
            assertThat(server.status("DELETE", "/api/session")).isEqualTo(204);
        }
        for (int i = 0; i < 30; i++) {
            assertThat(server.status("PUT", "/connectors/x/pause", "Authorization", VIEW))
                    .isEqualTo(403);
        }
        await().untilAsserted(() -> {
            assertThat(server.audit()).filteredOn(line -> line.contains("vera")).hasSize(30);
            // Twice as many lines if a new minute begins meanwhile, and one with the number of the omitted ones.
            assertThat(server.audit()).hasSizeBetween(50, 71);
        });
    }

    @Test
    void onlyChanges_areInTheAuditLog_withoutSecrets() throws Exception {
        Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        server.status("GET", "/connectors", "Authorization", OPERATE);
        server.status("POST", "/connectors/a%20b/restart?includeTasks=true", "Authorization", OPERATE);
        JsonNode done = server.audited(1);
        assertThat(Instant.parse(done.get("time").asText())).isBetween(begin, Instant.now());
        assertThat(done.get("user").asText()).isEqualTo("otto");
        assertThat(done.get("from").asText()).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(done.get("method").asText()).isEqualTo("POST");
        assertThat(done.get("path").asText()).isEqualTo("/connectors/a%20b/restart");
        assertThat(done.get("query").asText()).isEqualTo("includeTasks=true");
        assertThat(done.get("status").asInt()).isEqualTo(200);
        assertThat(done.get("outcome").asText()).isEqualTo("done");

        server.status("PUT", "/connectors/x/pause", "Authorization", VIEW);
        assertThat(server.audited(2).toString())
                .contains("\"user\":\"vera\"", "\"status\":403", "\"outcome\":\"rejected\"");
        server.status("PUT", "/connectors/x/pause");
        assertThat(server.audited(3).toString()).contains("\"user\":\"-\"", "\"status\":401");
        server.logIn("otto", "guessed wrong");
        assertThat(server.audited(4).toString())
                .contains("\"user\":\"otto\"", "\"path\":\"/api/session\"", "\"status\":401");
        server.logIn("otto", PASSWORD);
        assertThat(server.audited(5).get("status").asInt()).isEqualTo(200);
        assertThat(server.audit()).noneMatch(line -> line.contains(PASSWORD) || line.contains("guessed"));
    }

    @Test
    void withoutUsers_loopbackRequests_haveFullAccess() throws Exception {
        server.open(true);

        assertThat(server.status("PUT", "/connectors/x/pause")).isEqualTo(200);
        assertThat(server.send("GET", "/api/session?user=otto", null).body())
                .isEqualTo("{\"error_code\":400,\"message\":\"unknown parameter user; expected none\"}");
        assertThat(json(server.send("GET", "/api/session", null)).get("user").asText())
                .isEqualTo("anonymous");
        assertThat(server.audited(1).get("user").asText()).isEqualTo("anonymous");
        assertThat(server.status("POST", "/connectors/x/restart", "Origin", "http://evil.example"))
                .isEqualTo(403);
    }

    @Test
    void withoutUsers_forwardedRequests_areRejected_exceptThoseThatNeedNoCredentials() throws Exception {
        server.open(true);

        for (String header : List.of("X-Forwarded-For", "Forwarded", "Via")) {
            HttpResponse<String> change = server.send("PUT", "/connectors/x/pause", null, header, "192.0.2.1");
            assertThat(change.statusCode()).as(header).isEqualTo(403);
            assertThat(change.body()).contains("proxy has forwarded", "wadi.management.users-file");
            assertThat(server.status("GET", "/connectors", header, "192.0.2.1")).isEqualTo(403);
            assertThat(server.status("GET", "/api/session", header, "192.0.2.1"))
                    .isEqualTo(403);
            assertThat(server.status("GET", "/observe/health/live", header, "192.0.2.1"))
                    .isEqualTo(200);
        }
        assertThat(server.rejected("forwarded")).isEqualTo(9);
    }

    @Test
    void responses_haveSecurityHeadersAndADate() throws Exception {
        HttpResponse<String> response = server.send("GET", "/connectors", null, "Authorization", VIEW);

        assertThat(response.headers().allValues("Date")).hasSize(1);
        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(response.headers().firstValue("X-Frame-Options")).contains("DENY");
        assertThat(response.headers().firstValue("Referrer-Policy")).contains("no-referrer");
    }
}
