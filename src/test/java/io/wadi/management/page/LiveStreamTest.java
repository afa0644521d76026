package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.util.NetUtil;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.wadi.management.LiveState;
import io.wadi.management.workers.WorkerPool;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class LiveStreamTest {
    private static final String NETWORK = "192.0.2.1";

    private final Vertx vertx = Vertx.vertx();

    @AutoClose
    private final DefaultCamelContext camel = new DefaultCamelContext();

    /** With HTTP/2, to which it changes by default, it rejects more concurrent requests than a connection allows. */
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private LiveStream stream;
    private URI address;

    private void start(Duration lifetime, Supplier<Object> state) throws Exception {
        start(lifetime, new LiveState("now", false, state));
    }

    private void start(Duration lifetime, LiveState state) throws Exception {
        Router router = Router.router(vertx);
        router.route().handler(LiveStreamTest::admit);
        String name = VertxPlatformHttpRouter.getRouterNameFromPort(1);
        camel.getRegistry().bind(name, new VertxPlatformHttpRouter(null, vertx, router, name));
        stream = new LiveStream(camel, 1, () -> Set.of(state), lifetime);
        stream.start();
        HttpServer server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(2, TimeUnit.MINUTES);
        address = URI.create("http://localhost:" + server.actualPort() + "/api/live");
    }

    @AfterEach
    void stop() throws Exception {
        stream.stop();
        vertx.close().toCompletionStage().toCompletableFuture().get(2, TimeUnit.MINUTES);
    }

    /** Admits a request as access control does. */
    private static void admit(RoutingContext request) {
        String network = request.request().getHeader("Network");
        new WorkerPool("test", new WorkerPool.Limits(1, 1, 1, 1))
                .tryAdmit(NetUtil.createInetAddressFromIpAddressString(network))
                .orElseThrow()
                .bindTo(request.vertx().getOrCreateContext());
        request.next();
    }

    private HttpRequest request(String network) {
        return HttpRequest.newBuilder(address)
                .header("Network", network)
                .timeout(Duration.ofMinutes(2))
                .build();
    }

    @Test
    void streams_endAfterAMaximumDuration() throws Exception {
        start(Duration.ofSeconds(1), () -> "state");

        HttpResponse<String> response = client.send(request(NETWORK), BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).startsWith("retry: 2000").contains("event: now");
        assertThat(response.headers().firstValue("X-Accel-Buffering")).hasValue("no");
    }

    @Test
    void streamsThatAreOpenedTogether_shareTheirFirstEvents() throws Exception {
        AtomicInteger built = new AtomicInteger();
        start(Duration.ofSeconds(1), new LiveState("history", true, built::incrementAndGet));
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            sent.add(client.sendAsync(request(NETWORK), BodyHandlers.ofString()));
        }

        for (CompletableFuture<HttpResponse<String>> each : sent) {
            assertThat(each.get(2, TimeUnit.MINUTES).body()).contains("event: history");
        }
        assertThat(built).hasValueLessThan(20);
    }

    @Test
    void unknownParameter_isRejected() throws Exception {
        start(Duration.ofMinutes(1), () -> "state");
        HttpRequest request = HttpRequest.newBuilder(URI.create(address + "?state=now"))
                .header("Network", NETWORK)
                .build();

        HttpResponse<String> response = client.send(request, BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).isEqualTo("{\"error\":\"unknown parameter state; expected none\"}");
    }

    @Test
    void streamsWithoutTheirFirstEvent_countTowardsTheLimit_untilTheyEnd() throws Exception {
        CountDownLatch built = new CountDownLatch(1);
        start(Duration.ofHours(1), () -> {
            try {
                built.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return "state";
        });
        List<CompletableFuture<HttpResponse<InputStream>>> sent = new ArrayList<>();
        for (int i = 0; i < LiveStream.MAX_CLIENTS; i++) {
            sent.add(client.sendAsync(request("192.0.2." + (1 + i % 2)), BodyHandlers.ofInputStream()));
        }
        for (CompletableFuture<HttpResponse<InputStream>> each : sent) {
            assertThat(each.get(2, TimeUnit.MINUTES).statusCode()).isEqualTo(200);
        }

        HttpResponse<InputStream> rejected = client.send(request("192.0.2.3"), BodyHandlers.ofInputStream());
        built.countDown();

        assertThat(rejected.statusCode()).isEqualTo(503);
        assertThat(rejected.headers().firstValue("Retry-After")).hasValue("60");
        sent.get(0).get().body().close();
        await().until(() -> {
            HttpResponse<InputStream> next = client.send(request("192.0.2.3"), BodyHandlers.ofInputStream());
            next.body().close();
            return next.statusCode() == 200;
        });
    }

    @Test
    void streamsOfOneNetwork_leaveHalfOfTheLimitToOthers() throws Exception {
        start(Duration.ofHours(1), () -> "state");
        List<InputStream> opened = new ArrayList<>();
        for (int i = 0; i < LiveStream.MAX_CLIENTS / 2; i++) {
            HttpResponse<InputStream> response = client.send(request(NETWORK), BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            opened.add(response.body());
        }

        HttpResponse<String> rejected = client.send(request(NETWORK), BodyHandlers.ofString());
        HttpResponse<InputStream> other = client.send(request("192.0.2.2"), BodyHandlers.ofInputStream());

        assertThat(rejected.statusCode()).isEqualTo(503);
        assertThat(rejected.body()).contains("50 of this network");
        assertThat(other.statusCode()).isEqualTo(200);
        other.body().close();
        for (InputStream each : opened) {
            each.close();
        }
        await().until(() -> {
            HttpResponse<InputStream> next = client.send(request(NETWORK), BodyHandlers.ofInputStream());
            next.body().close();
            return next.statusCode() == 200;
        });
    }
}
