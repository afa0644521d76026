package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import at.favre.lib.crypto.bcrypt.BCrypt;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.github.bucket4j.TimeMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import io.wadi.runtime.security.Proxies;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Access control on a Vert.x server, in front of a handler that echoes every request. */
final class AccessControlTest {
    private static final String PASSWORD = "correct horse";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String VIEW = basic("vera", PASSWORD);
    private static final String OPERATE = basic("otto", PASSWORD);
    private static final String USERS = """
            users:
              - {name: vera, role: view, bcrypt: "%1$s"}
              - {name: otto, role: operate, bcrypt: "%1$s"}
            """;

    /** The network of the test is that of a trusted proxy: its forwarding headers are read. */
    private static final Proxies PROXY = Proxies.parse("127.0.0.0/8, ::1");

    private static Vertx vertx;
    private static Users both;
    private static ECKey signer;

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicReference<Users> users = new AtomicReference<>(both);
    private final List<String> audit = new ArrayList<>();
    private final Logger auditLog = (Logger) LoggerFactory.getLogger("wadi.audit");
    private final ListAppender<ILoggingEvent> listener = new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
            synchronized (audit) {
                audit.add(event.getFormattedMessage());
            }
        }
    };
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicLong nanos = new AtomicLong(1);
    private final TimeMeter clock = new TimeMeter() {
        @Override
        public long currentTimeNanos() {
            return nanos.get();
        }

        @Override
        public boolean isWallClockBased() {
            return false;
        }
    };
    /** Called after each read of the users. */
    private volatile Runnable afterRead = () -> {};

    private HttpServer server;

    @BeforeAll
    static void prepare() throws Exception {
        vertx = Vertx.vertx();
        both = Users.parse(USERS.formatted(cheapHash(PASSWORD)).getBytes(UTF_8));
        signer = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
    }

    /** The minimum cost keeps these tests fast: they verify passwords many times. */
    private static String cheapHash(String password) {
        return BCrypt.withDefaults().hashToString(10, password.toCharArray());
    }

    @AfterAll
    static void end() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    @BeforeEach
    void listen() throws Exception {
        listener.start();
        auditLog.setLevel(Level.INFO);
        auditLog.addAppender(listener);
        open(false);
    }

    private void open(boolean isForAll) throws Exception {
        close();
        Tokens tokens = Tokens.parse(
                new JWKSet(signer).toPublicJWKSet().toString().getBytes(UTF_8),
                new Tokens.Options("issuer", "wadi", "role"));
        AccessControl guard = new AccessControl(
                () -> {
                    Users now = users.get();
                    afterRead.run();
                    return now;
                },
                () -> tokens,
                new AccessControl.Options(
                        isForAll,
                        Set.of("/", "/page.js"),
                        1,
                        Duration.ofHours(1),
                        new HostNames(List.of("localhost", "*.example.com"), !isForAll),
                        PROXY,
                        10_000),
                meters,
                clock);
        Router router = Router.router(vertx);
        router.route("/*").handler(guard);
        router.route("/*").handler(BodyHandler.create(false));
        router.route("/*")
                .handler(context ->
                        context.response().end("through: " + context.body().asString()));
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(2, TimeUnit.MINUTES);
    }

    private void close() throws Exception {
        if (server != null) {
            server.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        auditLog.detachAppender(listener);
        close();
    }

    private static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + server.actualPort() + path))
                .timeout(Duration.ofMinutes(2))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return client.send(
                headers.length > 0 ? request.headers(headers).build() : request.build(), BodyHandlers.ofString());
    }

    private int status(String method, String path, String... headers) throws Exception {
        return send(method, path, null, headers).statusCode();
    }

    private static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    /** The last line of the audit log, which is written at the end of the response. */
    private JsonNode audited(int count) throws Exception {
        await().until(() -> {
            synchronized (audit) {
                return audit.size() == count;
            }
        });
        synchronized (audit) {
            return JSON.readTree(audit.get(count - 1));
        }
    }

    @Test
    void anonymousClient_mayReadOnlyProbesMetricsAndThePage() throws Exception {
        for (String path : List.of("/observe/health", "/observe/health/live", "/observe/metrics", "/page.js")) {
            assertThat(status("GET", path)).as(path).isEqualTo(200);
        }
        assertThat(status("GET", "/", "Accept", "text/html,*/*")).isEqualTo(200);
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
            HttpResponse<String> response = send("GET", path, null);
            assertThat(response.statusCode()).as(path).isEqualTo(401);
            assertThat(response.body()).doesNotContain("through");
            assertThat(response.headers().firstValue("WWW-Authenticate"))
                    .hasValueSatisfying(value -> assertThat(value).startsWith("Basic "));
        }
        assertThat(status("PUT", "/observe/metrics")).isEqualTo(401);
        assertThat(send("GET", "/api/session", null, "Sec-Fetch-Site", "same-origin")
                        .headers()
                        .firstValue("WWW-Authenticate"))
                .isEmpty();
    }

    @Test
    void passwordLogin_grantsViewOrOperate() throws Exception {
        assertThat(status("GET", "/connectors", "Authorization", VIEW)).isEqualTo(200);
        HttpResponse<String> rejected = send("PUT", "/connectors/landing/pause", null, "Authorization", VIEW);
        assertThat(rejected.statusCode()).isEqualTo(403);
        assertThat(json(rejected).get("message").asText()).contains("vera", "operate");
        assertThat(send("PUT", "/connectors/landing/pause", "body", "Authorization", OPERATE)
                        .body())
                .isEqualTo("through: body");
        // The verification is cached until the password changes.
        assertThat(status("GET", "/connectors", "Authorization", OPERATE)).isEqualTo(200);
        users.set(Users.NONE);
        assertThat(status("GET", "/connectors", "Authorization", OPERATE)).isEqualTo(401);
        assertThat(status("GET", "/connectors", "Authorization", "Digest x")).isEqualTo(401);
        assertThat(status("GET", "/connectors", "Authorization", "Basic !")).isEqualTo(401);
    }

    @Test
    void failedLogins_areBounded() throws Exception {
        assertThat(status("GET", "/connectors", "Authorization", OPERATE)).isEqualTo(200);
        for (int time = 0; time < 10; time++) {
            String name = time % 2 == 0 ? "otto" : "nobody";
            assertThat(status("GET", "/connectors", "Authorization", basic(name, "wrong " + time)))
                    .isEqualTo(401);
        }
        HttpResponse<String> response = send("GET", "/connectors", null, "Authorization", basic("otto", "wrong"));
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
        assertThat(status("GET", "/connectors", "Authorization", VIEW))
                .as("the right password is not verified either")
                .isEqualTo(429);
        assertThat(status("GET", "/connectors", "Authorization", OPERATE))
                .as("sessions admitted before continue")
                .isEqualTo(200);
        nanos.addAndGet(Duration.ofSeconds(6).toNanos());
        assertThat(status("GET", "/connectors", "Authorization", VIEW)).isEqualTo(200);
    }

    @Test
    void session_hasAnHttpOnlyCookie_andChangesRequireItsToken() throws Exception {
        HttpResponse<String> login = logIn("otto", PASSWORD);
        assertThat(login.statusCode()).isEqualTo(200);
        String set = login.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(set).containsIgnoringCase("; HttpOnly").contains("; SameSite=Strict", "; Path=/");
        String cookie = set.replaceFirst(";.*", "");
        String csrf = json(login).get("csrf").asText();
        assertThat(json(login).get("role").asText()).isEqualTo("operate");
        assertThat(cookie.length()).isGreaterThan(43);

        assertThat(json(send("GET", "/api/session", null, "Cookie", cookie))).isEqualTo(json(login));
        assertThat(status("GET", "/connectors", "Cookie", cookie)).isEqualTo(200);
        assertThat(status("PUT", "/connectors/x/pause", "Cookie", cookie)).isEqualTo(403);
        assertThat(status("PUT", "/connectors/x/pause", "Cookie", cookie, "X-CSRF-Token", "x"))
                .isEqualTo(403);
        assertThat(status("PUT", "/connectors/x/pause", "Cookie", cookie, "X-CSRF-Token", csrf))
                .isEqualTo(200);
        assertThat(status("DELETE", "/api/session", "Cookie", cookie)).isEqualTo(204);
        assertThat(status("GET", "/connectors", "Cookie", cookie)).isEqualTo(401);
    }

    /** The users file is reloaded while the old password is being verified. */
    @Test
    void session_belongsToTheVerifiedPassword() throws Exception {
        Users changed = Users.parse(USERS.formatted(cheapHash("another")).getBytes(UTF_8));
        afterRead = () -> users.set(changed);

        HttpResponse<String> login = logIn("vera", PASSWORD);

        assertThat(login.statusCode()).isEqualTo(200);
        String cookie = login.headers().firstValue("Set-Cookie").orElseThrow().replaceFirst(";.*", "");
        assertThat(status("GET", "/connectors", "Cookie", cookie)).isEqualTo(401);
    }

    @Test
    void session_endsWhenThePasswordChanges() throws Exception {
        String cookie = logIn("vera", PASSWORD)
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .replaceFirst(";.*", "");
        users.set(Users.parse(USERS.formatted(cheapHash("another one")).getBytes(UTF_8)));

        assertThat(status("GET", "/connectors", "Cookie", cookie)).isEqualTo(401);
    }

    @Test
    void invalidLogin_isRejected() throws Exception {
        assertThat(logIn("otto", "wrong").statusCode()).isEqualTo(401);
        assertThat(logIn("nobody", PASSWORD).statusCode()).isEqualTo(401);
        assertThat(logIn("otto", "").statusCode()).isEqualTo(400);
        assertThat(logIn("otto", "x".repeat(80)).statusCode()).isEqualTo(401);
        assertThat(send("POST", "/api/session", "no json").statusCode()).isEqualTo(400);
        assertThat(send("POST", "/api/session", "x".repeat(5000)).statusCode()).isEqualTo(413);
        assertThat(status("PATCH", "/api/session")).isEqualTo(405);
    }

    private HttpResponse<String> logIn(String user, String password) throws Exception {
        return send(
                "POST",
                "/api/session",
                JSON.createObjectNode()
                        .put("user", user)
                        .put("password", password)
                        .toString());
    }

    @Test
    void pageOfAnotherOrigin_isRejected_withAnyCredentials() throws Exception {
        String own = "http://localhost:" + server.actualPort();
        for (String origin : List.of("http://evil.example", "null", "http://localhost", own + "0", "%")) {
            assertThat(status("POST", "/connectors/x/restart", "Authorization", OPERATE, "Origin", origin))
                    .as(origin)
                    .isEqualTo(403);
        }
        assertThat(status("POST", "/connectors/x/restart", "Authorization", OPERATE, "Origin", own))
                .isEqualTo(200);
    }

    @Test
    void rejectedRequests_doNotFillTheAuditLog_andAllAuthenticatedChangesAreLogged() throws Exception {
        for (int i = 0; i < 100; i++) {
            assertThat(status("POST", "/connectors", "Sec-Fetch-Site", "cross-site"))
                    .isEqualTo(403);
            assertThat(status("DELETE", "/api/session")).isEqualTo(204);
        }
        for (int i = 0; i < 30; i++) {
            assertThat(status("PUT", "/connectors/x/pause", "Authorization", VIEW))
                    .isEqualTo(403);
        }
        await().untilAsserted(() -> {
            synchronized (audit) {
                assertThat(audit).filteredOn(line -> line.contains("vera")).hasSize(30);
                // Twice as many lines if a new minute begins meanwhile, and one with the number of the omitted ones.
                assertThat(audit).hasSizeBetween(50, 71);
            }
        });
    }

    @Test
    void token_ofTheIssuerForThisAudience_grantsItsRole() throws Exception {
        assertThat(status("PUT", "/connectors/x/pause", "Authorization", token("wadi", "issuer", "operate", 60)))
                .isEqualTo(200);
        assertThat(status("GET", "/connectors", "Authorization", token("wadi", "issuer", List.of("x", "view"), 60)))
                .isEqualTo(200);
        assertThat(status("PUT", "/connectors/x/pause", "Authorization", token("wadi", "issuer", "view", 60)))
                .isEqualTo(403);
        for (String token : List.of(
                token("other", "issuer", "operate", 60),
                token("wadi", "other", "operate", 60),
                token("wadi", "issuer", "admin", 60),
                token("wadi", "issuer", "operate", -120),
                token("wadi", "issuer", "operate", 60) + "x",
                "Bearer x",
                "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.")) {
            assertThat(status("GET", "/connectors", "Authorization", token))
                    .as(token)
                    .isEqualTo(401);
        }
    }

    private static String token(String audience, String issuer, Object role, long seconds) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("1").build(),
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .audience(audience)
                        .subject("alice")
                        .claim("role", role)
                        .expirationTime(Date.from(Instant.now().plusSeconds(seconds)))
                        .build());
        token.sign(new ECDSASigner(signer));
        return "Bearer " + token.serialize();
    }

    @Test
    void onlyChanges_areInTheAuditLog_withoutSecrets() throws Exception {
        Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        status("GET", "/connectors", "Authorization", OPERATE);
        status("POST", "/connectors/a%20b/restart?includeTasks=true", "Authorization", OPERATE);
        JsonNode done = audited(1);
        assertThat(Instant.parse(done.get("time").asText())).isBetween(begin, Instant.now());
        assertThat(done.get("user").asText()).isEqualTo("otto");
        assertThat(done.get("from").asText()).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(done.get("method").asText()).isEqualTo("POST");
        assertThat(done.get("path").asText()).isEqualTo("/connectors/a%20b/restart");
        assertThat(done.get("query").asText()).isEqualTo("includeTasks=true");
        assertThat(done.get("status").asInt()).isEqualTo(200);
        assertThat(done.get("outcome").asText()).isEqualTo("done");

        status("PUT", "/connectors/x/pause", "Authorization", VIEW);
        assertThat(audited(2).toString()).contains("\"user\":\"vera\"", "\"status\":403", "\"outcome\":\"refused\"");
        status("PUT", "/connectors/x/pause");
        assertThat(audited(3).toString()).contains("\"user\":\"-\"", "\"status\":401");
        logIn("otto", "guessed wrong");
        assertThat(audited(4).toString()).contains("\"user\":\"otto\"", "\"path\":\"/api/session\"", "\"status\":401");
        logIn("otto", PASSWORD);
        assertThat(audited(5).get("status").asInt()).isEqualTo(200);
        synchronized (audit) {
            assertThat(audit).noneMatch(line -> line.contains(PASSWORD) || line.contains("guessed"));
        }
    }

    @Test
    void withoutUsers_loopbackRequests_haveFullAccess() throws Exception {
        open(true);

        assertThat(status("PUT", "/connectors/x/pause")).isEqualTo(200);
        assertThat(json(send("GET", "/api/session", null)).get("user").asText()).isEqualTo("anonymous");
        assertThat(audited(1).get("user").asText()).isEqualTo("anonymous");
        assertThat(status("POST", "/connectors/x/restart", "Origin", "http://evil.example"))
                .isEqualTo(403);
    }

    @Test
    void responses_haveSecurityHeaders() throws Exception {
        HttpResponse<String> response = send("GET", "/connectors", null, "Authorization", VIEW);

        assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(response.headers().firstValue("X-Frame-Options")).contains("DENY");
        assertThat(response.headers().firstValue("Referrer-Policy")).contains("no-referrer");
    }

    private double rejected(String cause) {
        return meters.get("wadi.management.rejections")
                .tag("cause", cause)
                .counter()
                .count();
    }

    @Test
    void cookie_isSecure_ifTheProxyReportsTls() throws Exception {
        String login = JSON.createObjectNode()
                .put("user", "otto")
                .put("password", PASSWORD)
                .toString();
        assertThat(cookie(send("POST", "/api/session", login))).doesNotContainIgnoringCase("; Secure");
        assertThat(cookie(send("POST", "/api/session", login, "X-Forwarded-Proto", "http")))
                .doesNotContainIgnoringCase("; Secure");
        for (String scheme : List.of("https", "HTTPS", "https, http")) {
            assertThat(cookie(send("POST", "/api/session", login, "X-Forwarded-Proto", scheme)))
                    .as(scheme)
                    .containsIgnoringCase("; Secure");
        }
    }

    private static String cookie(HttpResponse<String> response) {
        return response.headers().firstValue("Set-Cookie").orElseThrow();
    }

    @Test
    void failedLogins_areCountedPerForwardedClient_andPerIpv6Network() throws Exception {
        for (int time = 0; time < 10; time++) {
            assertThat(status(
                            "GET",
                            "/connectors",
                            "Authorization",
                            basic("user-" + time, "wrong"),
                            "X-Forwarded-For",
                            "192.0.2.1"))
                    .isEqualTo(401);
        }
        assertThat(status("GET", "/connectors", "Authorization", VIEW, "X-Forwarded-For", "192.0.2.1"))
                .isEqualTo(429);
        assertThat(status("GET", "/connectors", "Authorization", VIEW, "X-Forwarded-For", "192.0.2.2"))
                .isEqualTo(200);
        assertThat(rejected("logins")).isEqualTo(1);
    }

    @Test
    void tokens_areVerifiedOffTheEventLoop_andOneNetworkDoesNotFillTheQueue() throws Exception {
        String token = token("wadi", "issuer", "view", 60);
        List<CompletableFuture<HttpResponse<String>>> flood = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            flood.add(client.sendAsync(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + server.actualPort() + "/connectors"))
                            .header("Authorization", token)
                            .header("X-Forwarded-For", "192.0.2.1")
                            .build(),
                    BodyHandlers.ofString()));
        }
        assertThat(status("GET", "/connectors", "Authorization", token, "X-Forwarded-For", "192.0.2.2"))
                .isEqualTo(200);
        for (CompletableFuture<HttpResponse<String>> each : flood) {
            HttpResponse<String> response = each.get(2, TimeUnit.MINUTES);
            assertThat(response.statusCode()).isIn(200, 503);
            assertThat(response.headers().firstValue("Retry-After").isPresent())
                    .isEqualTo(response.statusCode() == 503);
        }
    }

    @Test
    void allowedHosts_areAddresses_singleLabelNames_andConfiguredNames() {
        HostNames hosts = new HostNames(List.of("localhost", "*.svc", "wadi.example.com"), true);
        for (String host : List.of(
                "localhost:9876",
                "LOCALHOST",
                "127.0.0.1",
                "10.1.2.3:9876",
                "[::1]:9876",
                "[fd00::7]",
                "wadi-1:9876",
                "a.b.svc",
                "wadi.example.com.")) {
            assertThat(hosts.allows(host)).as(host).isTrue();
        }
        for (String host : List.of(
                "",
                "evil.example",
                "localhost.evil.example",
                "127.0.0.1.evil.example",
                "[evil.example]",
                "svc.x",
                "a@b")) {
            assertThat(hosts.allows(host)).as(host).isFalse();
        }
        HostNames withoutUsers = new HostNames(List.of("localhost"), false);
        assertThat(withoutUsers.allows("wadi-1:9876")).isFalse();
        assertThat(withoutUsers.allows("127.0.0.1:9876")).isTrue();
        assertThat(new HostNames(List.of("*"), false).allows("evil.example")).isTrue();
    }
}
