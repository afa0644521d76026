package io.wadi.management.access;

import static io.wadi.management.access.GuardedServer.JSON;
import static io.wadi.management.access.GuardedServer.OPERATE;
import static io.wadi.management.access.GuardedServer.PASSWORD;
import static io.wadi.management.access.GuardedServer.VIEW;
import static io.wadi.management.access.GuardedServer.basic;
import static io.wadi.management.access.GuardedServer.cookie;
import static io.wadi.management.access.GuardedServer.json;
import static io.wadi.management.access.GuardedServer.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Logins by password, session and token. */
final class AccessLoginTest {
    @AutoClose
    private GuardedServer server;

    @BeforeEach
    void listen() throws Exception {
        server = new GuardedServer();
    }

    @Test
    void passwordLogin_grantsViewOrOperate() throws Exception {
        assertThat(server.status("GET", "/connectors", "Authorization", VIEW)).isEqualTo(200);
        HttpResponse<String> rejected = server.send("PUT", "/connectors/landing/pause", null, "Authorization", VIEW);
        assertThat(rejected.statusCode()).isEqualTo(403);
        assertThat(json(rejected).get("message").asText()).contains("vera", "operate");
        assertThat(server.send("PUT", "/connectors/landing/pause", "body", "Authorization", OPERATE)
                        .body())
                .isEqualTo("through: body");
        // The verification is cached until the password changes.
        assertThat(server.status("GET", "/connectors", "Authorization", OPERATE))
                .isEqualTo(200);
        server.use(Users.NONE);
        assertThat(server.status("GET", "/connectors", "Authorization", OPERATE))
                .isEqualTo(401);
        assertThat(server.status("GET", "/connectors", "Authorization", "Digest x"))
                .isEqualTo(401);
        assertThat(server.status("GET", "/connectors", "Authorization", "Basic !"))
                .isEqualTo(401);
    }

    @Test
    void failedLogins_areBounded() throws Exception {
        assertThat(server.status("GET", "/connectors", "Authorization", OPERATE))
                .isEqualTo(200);
        for (int time = 0; time < 10; time++) {
            String name = time % 2 == 0 ? "otto" : "nobody";
            assertThat(server.status("GET", "/connectors", "Authorization", basic(name, "wrong " + time)))
                    .isEqualTo(401);
        }
        HttpResponse<String> response =
                server.send("GET", "/connectors", null, "Authorization", basic("otto", "wrong"));
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(server.status("GET", "/connectors", "Authorization", VIEW))
                .as("the right password is not verified either")
                .isEqualTo(429);
        assertThat(server.status("GET", "/connectors", "Authorization", OPERATE))
                .as("sessions admitted before continue")
                .isEqualTo(200);
        server.advance(Duration.ofSeconds(6));
        assertThat(server.status("GET", "/connectors", "Authorization", VIEW)).isEqualTo(200);
    }

    @Test
    void session_hasAnHttpOnlyCookie_andChangesRequireItsToken() throws Exception {
        HttpResponse<String> login = server.logIn("otto", PASSWORD);
        assertThat(login.statusCode()).isEqualTo(200);
        String set = login.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(set).containsIgnoringCase("; HttpOnly").contains("; SameSite=Strict", "; Path=/");
        String cookie = set.replaceFirst(";.*", "");
        String csrf = json(login).get("csrf").asText();
        assertThat(json(login).get("role").asText()).isEqualTo("operate");
        assertThat(cookie.length()).isGreaterThan(43);

        assertThat(json(server.send("GET", "/api/session", null, "Cookie", cookie)))
                .isEqualTo(json(login));
        assertThat(server.status("GET", "/connectors", "Cookie", cookie)).isEqualTo(200);
        assertThat(server.status("PUT", "/connectors/x/pause", "Cookie", cookie))
                .isEqualTo(403);
        assertThat(server.status("PUT", "/connectors/x/pause", "Cookie", cookie, "X-CSRF-Token", "x"))
                .isEqualTo(403);
        assertThat(server.status("PUT", "/connectors/x/pause", "Cookie", cookie, "X-CSRF-Token", csrf))
                .isEqualTo(200);
        assertThat(server.status("DELETE", "/api/session", "Cookie", cookie)).isEqualTo(204);
        assertThat(server.status("GET", "/connectors", "Cookie", cookie)).isEqualTo(401);
    }

    /** The users file is reloaded while the old password is being verified. */
    @Test
    void session_belongsToTheVerifiedPassword() throws Exception {
        Users changed = GuardedServer.usersWith("another");
        server.afterRead(() -> server.use(changed));

        HttpResponse<String> login = server.logIn("vera", PASSWORD);

        assertThat(login.statusCode()).isEqualTo(200);
        String cookie = login.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
        assertThat(server.status("GET", "/connectors", "Cookie", cookie)).isEqualTo(401);
    }

    @Test
    void session_endsWhenThePasswordChanges() throws Exception {
        String cookie = server.logIn("vera", PASSWORD)
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .replaceFirst(";.*", "");
        server.use(GuardedServer.usersWith("another one"));

        assertThat(server.status("GET", "/connectors", "Cookie", cookie)).isEqualTo(401);
    }

    @Test
    void invalidLogin_isRejected() throws Exception {
        assertThat(server.logIn("otto", "wrong").statusCode()).isEqualTo(401);
        assertThat(server.logIn("nobody", PASSWORD).statusCode()).isEqualTo(401);
        assertThat(server.logIn("otto", "").statusCode()).isEqualTo(400);
        assertThat(server.logIn("otto", "x".repeat(80)).statusCode()).isEqualTo(401);
        assertThat(server.send("POST", "/api/session", "no json").statusCode()).isEqualTo(400);
        assertThat(server.send("POST", "/api/session", "x".repeat(5000)).statusCode())
                .isEqualTo(413);
        HttpResponse<String> patched = server.send("PATCH", "/api/session", null);
        assertThat(patched.statusCode()).isEqualTo(405);
        assertThat(patched.headers().firstValue("Allow")).hasValue("GET, HEAD, POST, DELETE");
    }

    @Test
    void token_ofTheIssuerForThisAudience_grantsItsRole() throws Exception {
        assertThat(server.status("PUT", "/connectors/x/pause", "Authorization", token("wadi", "issuer", "operate", 60)))
                .isEqualTo(200);
        assertThat(server.status(
                        "GET", "/connectors", "Authorization", token("wadi", "issuer", List.of("x", "view"), 60)))
                .isEqualTo(200);
        assertThat(server.status("PUT", "/connectors/x/pause", "Authorization", token("wadi", "issuer", "view", 60)))
                .isEqualTo(403);
        for (String token : List.of(
                token("other", "issuer", "operate", 60),
                token("wadi", "other", "operate", 60),
                token("wadi", "issuer", "admin", 60),
                token("wadi", "issuer", "operate", -120),
                token("wadi", "issuer", "operate", 60) + "x",
                "Bearer x",
                "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")) {
            assertThat(server.status("GET", "/connectors", "Authorization", token))
                    .as(token)
                    .isEqualTo(401);
        }
    }

    @Test
    void cookie_isSecure_ifTheProxyReportsTls() throws Exception {
        String login = JSON.createObjectNode()
                .put("user", "otto")
                .put("password", PASSWORD)
                .toString();
        assertThat(cookie(server.send("POST", "/api/session", login))).doesNotContainIgnoringCase("; Secure");
        assertThat(cookie(server.send("POST", "/api/session", login, "X-Forwarded-Proto", "http")))
                .doesNotContainIgnoringCase("; Secure");
        for (String scheme : List.of("https", "HTTPS", "https, http")) {
            assertThat(cookie(server.send("POST", "/api/session", login, "X-Forwarded-Proto", scheme)))
                    .as(scheme)
                    .containsIgnoringCase("; Secure");
        }
    }

    @Test
    void failedLogins_areCountedPerForwardedClient_andPerIpv6Network() throws Exception {
        for (int time = 0; time < 10; time++) {
            assertThat(server.status(
                            "GET",
                            "/connectors",
                            "Authorization",
                            basic("user-" + time, "wrong"),
                            "X-Forwarded-For",
                            "192.0.2.1"))
                    .isEqualTo(401);
        }
        assertThat(server.status("GET", "/connectors", "Authorization", VIEW, "X-Forwarded-For", "192.0.2.1"))
                .isEqualTo(429);
        assertThat(server.status("GET", "/connectors", "Authorization", VIEW, "X-Forwarded-For", "192.0.2.2"))
                .isEqualTo(200);
        assertThat(server.rejected("logins")).isEqualTo(1);
    }

    @Test
    void tokens_areVerifiedOffTheEventLoop_andOneNetworkDoesNotFillTheQueue() throws Exception {
        String token = token("wadi", "issuer", "view", 60);
        CountDownLatch verification = server.occupyTokenThread();
        List<CompletableFuture<HttpResponse<String>>> flood = new ArrayList<>();
        CompletableFuture<HttpResponse<String>> other;
        try {
            // One token is being verified, the maximum waits.
            for (int i = 0; i < 1 + Authentication.MAX_WAITING_TOKENS + 50; i++) {
                flood.add(request(token, "192.0.2.1"));
            }
            await().until(() -> done(flood) == 50);
            assertThat(server.status("GET", "/page.js"))
                    .as("the event loop does not wait")
                    .isEqualTo(200);
            other = request(token, "192.0.2.2");
            await().until(() -> done(flood) == 51);
            assertThat(other.isDone()).isFalse();
        } finally {
            verification.countDown();
        }

        assertThat(other.get(2, TimeUnit.MINUTES).statusCode()).isEqualTo(200);
        int rejected = 0;
        for (CompletableFuture<HttpResponse<String>> each : flood) {
            HttpResponse<String> response = each.get(2, TimeUnit.MINUTES);
            assertThat(response.statusCode()).isIn(200, 503);
            assertThat(response.headers().firstValue("Retry-After").isPresent())
                    .isEqualTo(response.statusCode() == 503);
            rejected += response.statusCode() == 503 ? 1 : 0;
        }
        assertThat(rejected).isEqualTo(51);
    }

    private CompletableFuture<HttpResponse<String>> request(String token, String network) {
        return server.client()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create(server.url() + "/connectors"))
                                .header("Authorization", token)
                                .header("X-Forwarded-For", network)
                                .build(),
                        BodyHandlers.ofString());
    }

    private static long done(List<? extends CompletableFuture<?>> requests) {
        return requests.stream().filter(CompletableFuture::isDone).count();
    }
}
