package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.wadi.management.LiveState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class LiveStreamTest {
    @Test
    void streams_endAfterAMaximumDuration() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (CamelContext camel = new DefaultCamelContext()) {
            Router router = Router.router(vertx);
            String name = VertxPlatformHttpRouter.getRouterNameFromPort(1);
            camel.getRegistry().bind(name, new VertxPlatformHttpRouter(null, vertx, router, name));
            LiveStream stream = new LiveStream(
                    camel, 1, () -> Set.of(new LiveState("now", false, () -> "state")), Duration.ofSeconds(1));
            stream.start();
            HttpServer server = vertx.createHttpServer()
                    .requestHandler(router)
                    .listen(0, "localhost")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(1, TimeUnit.MINUTES);

            HttpResponse<String> response = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create("http://localhost:" + server.actualPort() + "/api/live"))
                                    .timeout(Duration.ofMinutes(1))
                                    .build(),
                            BodyHandlers.ofString());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).startsWith("retry: 2000").contains("event: now");
            stream.stop();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
        }
    }
}
