package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import at.favre.lib.crypto.bcrypt.BCrypt;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
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
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.BodyHandler;
import io.wadi.runtime.security.HostNames;
import io.wadi.runtime.security.JwtVerifier;
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
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.LoggerFactory;

/** Access control on a Vert.x server, in front of a handler that echoes every request. */
final class GuardedServer implements AutoCloseable {
    static final String PASSWORD = "correct horse";
    static final String VIEW = basic("vera", PASSWORD);
    static final String OPERATE = basic("otto", PASSWORD);
    static final ObjectMapper JSON = new ObjectMapper();

    private static final String USERS = """
            users:
              - {name: vera, role: view, bcrypt: "%1$s"}
              - {name: otto, role: operate, bcrypt: "%1$s"}
            """;

    /** The network of the test is that of a trusted proxy: its forwarding headers are read. */
    private static final Proxies PROXY = Proxies.parse("127.0.0.0/8, ::1");

    private static final Users BOTH = usersWith(PASSWORD);
    private static final ECKey SIGNER = signer();

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicReference<Users> users = new AtomicReference<>(BOTH);
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

    /** Kept, since Vert.x closes the thread of an executor that is garbage-collected. */
    private WorkerExecutor tokenThread;

    GuardedServer() throws Exception {
        listener.start();
        auditLog.setLevel(Level.INFO);
        auditLog.addAppender(listener);
        open(false);
    }

    /** Returns the users vera and otto with this password; the minimum cost of the hash keeps the tests fast. */
    static Users usersWith(String password) {
        String hash = BCrypt.withDefaults().hashToString(10, password.toCharArray());
        return Users.parse(USERS.formatted(hash).getBytes(UTF_8));
    }

    private static ECKey signer() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("1").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Listens anew, with the users or, for all, without any. */
    void open(boolean isForAll) throws Exception {
        closeServer();
        Tokens tokens = Tokens.parse(
                new JWKSet(SIGNER).toPublicJWKSet().toString().getBytes(UTF_8),
                new JwtVerifier.Options("issuer", "wadi", "role"));
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

    private void closeServer() throws Exception {
        if (server != null) {
            server.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
        }
    }

    @Override
    public void close() throws Exception {
        auditLog.detachAppender(listener);
        closeServer();
        vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    String url() {
        return "http://localhost:" + server.actualPort();
    }

    HttpClient client() {
        return client;
    }

    void use(Users changed) {
        users.set(changed);
    }

    /** Sets what is called after each read of the users. */
    void afterRead(Runnable called) {
        afterRead = called;
    }

    /** Occupies the thread that verifies tokens until the result is counted down. */
    CountDownLatch occupyTokenThread() {
        CountDownLatch released = new CountDownLatch(1);
        tokenThread = vertx.createSharedWorkerExecutor(Authentication.TOKENS, 1);
        tokenThread.executeBlocking(() -> {
            released.await();
            return null;
        });
        return released;
    }

    void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    /** Returns the lines of the audit log so far. */
    List<String> audit() {
        synchronized (audit) {
            return List.copyOf(audit);
        }
    }

    static String basic(String name, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(UTF_8));
    }

    HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofMinutes(2))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return client.send(
                headers.length > 0 ? request.headers(headers).build() : request.build(), BodyHandlers.ofString());
    }

    int status(String method, String path, String... headers) throws Exception {
        return send(method, path, null, headers).statusCode();
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    /** The last line of the audit log, which is written at the end of the response. */
    JsonNode audited(int count) throws Exception {
        await().until(() -> {
            synchronized (audit) {
                return audit.size() == count;
            }
        });
        synchronized (audit) {
            return JSON.readTree(audit.get(count - 1));
        }
    }

    HttpResponse<String> logIn(String user, String password) throws Exception {
        return send(
                "POST",
                "/api/session",
                JSON.createObjectNode()
                        .put("user", user)
                        .put("password", password)
                        .toString());
    }

    static String token(String audience, String issuer, Object role, long seconds) throws Exception {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("1").build(),
                new JWTClaimsSet.Builder()
                        .issuer(issuer)
                        .audience(audience)
                        .subject("alice")
                        .claim("role", role)
                        .expirationTime(Date.from(Instant.now().plusSeconds(seconds)))
                        .build());
        token.sign(new ECDSASigner(SIGNER));
        return "Bearer " + token.serialize();
    }

    double rejected(String cause) {
        return meters.get("wadi.management.rejections")
                .tag("cause", cause)
                .counter()
                .count();
    }

    static String cookie(HttpResponse<String> response) {
        return response.headers().firstValue("Set-Cookie").orElseThrow();
    }
}
