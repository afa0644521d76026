package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.impl.BlockingHandlerDecorator;
import io.wadi.management.workers.WorkerVertx;
import io.wadi.runtime.security.HostNames;
import io.wadi.runtime.security.Proxies;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The worker threads behind access control; endpoints block as Camel's do. */
final class WorkerThreadsTest {
    private static final String PASSWORD = "correct horse";
    private static final String VIEW =
            "Basic " + Base64.getEncoder().encodeToString(("vera:" + PASSWORD).getBytes(UTF_8));

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Vertx vertx = new WorkerVertx(Vertx.vertx());
    private HttpServer server;

    @BeforeEach
    void listen() throws Exception {
        Users users = Users.parse("users:\n  - {name: vera, role: view, bcrypt: \"%s\"}\n"
                .formatted(PasswordHash.of(PASSWORD.toCharArray()))
                .getBytes(UTF_8));
        AccessControl.Options options = new AccessControl.Options(
                false,
                Set.of(),
                1,
                Duration.ofHours(1),
                new HostNames(List.of("localhost"), true),
                Proxies.parse("127.0.0.0/8, ::1"),
                1000);
        Router router = Router.router(vertx);
        router.route("/*").handler(new AccessControl(() -> users, () -> Tokens.NONE, options, meters));
        router.route("/observe/metrics").handler(new BlockingHandlerDecorator(this::block, true));
        router.route("/observe/health/live").handler(new BlockingHandlerDecorator(context -> context.end("UP"), true));
        router.route("/api/records").handler(this::onWorker);
        server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(2, TimeUnit.MINUTES);
    }

    @AfterEach
    void close() throws Exception {
        go.countDown();
        vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    private void onWorker(RoutingContext context) {
        Handler<RoutingContext> handler = this::block;
        context.vertx()
                .executeBlocking(
                        () -> {
                            handler.handle(context);
                            return null;
                        },
                        false);
    }

    private void block(RoutingContext context) {
        begun.incrementAndGet();
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        context.end("done");
    }

    private HttpRequest request(String path, String network) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + server.actualPort() + path))
                .header("Authorization", VIEW)
                .header("X-Forwarded-For", network)
                .timeout(Duration.ofMinutes(2))
                .build();
    }

    private HttpResponse<String> get(String path, String network) throws Exception {
        return client.send(request(path, network), BodyHandlers.ofString());
    }

    private double busy() {
        return meters.get("wadi.management.rejections")
                .tag("cause", "busy")
                .counter()
                .count();
    }

    private void openSendReset(int times) throws IOException {
        byte[] scrape = ("GET /observe/metrics HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1\r\nX: "
                        + "x".repeat(4000) + "\r\n\r\n")
                .getBytes(UTF_8);
        for (int i = 0; i < times; i++) {
            try (Socket socket = new Socket("localhost", server.actualPort())) {
                socket.setSoLinger(true, 0);
                socket.getOutputStream().write(scrape);
                // The next request must not be sent before the server has read this one. Polling costs little here.
                int before = i;
                await().pollInterval(Duration.ofMillis(1)).until(() -> busy() + 4 > before);
            }
        }
    }

    @Test
    void scrapesOfClosedConnections_countUntilTheyEnd_andDoNotDelayProbes() throws Exception {
        openSendReset(100);

        assertThat(busy()).isGreaterThanOrEqualTo(95);
        HttpResponse<String> refused = get("/observe/metrics", "192.0.2.1");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(get("/observe/health/live", "192.0.2.1").body()).isEqualTo("UP");
        CompletableFuture<HttpResponse<String>> other =
                client.sendAsync(request("/observe/metrics", "192.0.2.2"), BodyHandlers.ofString());
        await().until(() -> begun.get() == 2);
        go.countDown();

        assertThat(other.get(2, TimeUnit.MINUTES).statusCode()).isEqualTo(200);
        await().untilAsserted(() ->
                assertThat(get("/observe/metrics", "192.0.2.1").statusCode()).isEqualTo(200));
    }

    @Test
    void slowReads_doNotDelayProbes_loginsAndOtherNetworks() throws Exception {
        assertThat(get("/api/session", "192.0.2.9").statusCode()).isEqualTo(200);
        List<CompletableFuture<HttpResponse<String>>> reads = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            reads.add(client.sendAsync(request("/api/records", "192.0.2.1"), BodyHandlers.ofString()));
        }
        await().until(() -> begun.get() == 10 && busy() == 28);

        assertThat(get("/observe/health/live", "192.0.2.1").body()).isEqualTo("UP");
        HttpRequest login = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + server.actualPort() + "/api/session"))
                .POST(BodyPublishers.ofString("{\"user\":\"vera\",\"password\":\"" + PASSWORD + "\"}"))
                .build();
        assertThat(client.send(login, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        CompletableFuture<HttpResponse<String>> other =
                client.sendAsync(request("/api/records", "192.0.2.2"), BodyHandlers.ofString());
        await().until(() -> begun.get() == 11);
        go.countDown();

        assertThat(other.get(2, TimeUnit.MINUTES).statusCode()).isEqualTo(200);
        int done = 0;
        for (CompletableFuture<HttpResponse<String>> read : reads) {
            done += read.get(2, TimeUnit.MINUTES).statusCode() == 200 ? 1 : 0;
        }
        assertThat(done).isEqualTo(32);
    }
}
