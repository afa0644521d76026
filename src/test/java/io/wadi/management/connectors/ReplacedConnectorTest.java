package io.wadi.management.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.RouteWork;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Between the end of a route and the start of the one that replaces it there is none of its name: nobody is told so. */
final class ReplacedConnectorTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    private final ReentrantLock changing = new ReentrantLock();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private ConnectApi api;

    @BeforeEach
    void start() {
        context.start();
        api = api(SOON);
    }

    @AfterEach
    void stop() {
        api.close();
        context.stop();
    }

    private ConnectApi api(Duration within) {
        return new ConnectApi(
                context,
                new ConnectApi.Names("1", "unknown", "localhost:9876"),
                new ConnectApi.Needs(
                        () -> "keep", List::of, input -> false, new RouteWork(), changing, within, Properties::new));
    }

    @Test
    void connector_askedForWhileItIsReplaced_isWaitedFor() throws Exception {
        CompletableFuture<ConnectApi.Answer> answer;
        changing.lock();
        try {
            answer = CompletableFuture.supplyAsync(() -> ask("GET", "/connectors/orders/status"));
            await().until(changing::hasQueuedThreads);
            context.addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:orders").routeId("orders").to("kafka:orders?brokers=localhost:1");
                }
            });
        } finally {
            changing.unlock();
        }

        ConnectApi.Answer found = answer.get();
        assertThat(found.code()).isEqualTo(200);
        assertThat(found.body().path("connector").path("state").asText()).isEqualTo("RUNNING");
    }

    @Test
    void connector_missingOnceRoutesAreReplaced_isNotFound() {
        assertThat(ask("PUT", "/connectors/orders/pause").code()).isEqualTo(404);
    }

    @Test
    void change_thatTakesLongerThanAStop_isSaid() throws Exception {
        api.close();
        api = api(Duration.ofMillis(100));
        changing.lock();
        try {
            ConnectApi.Answer answer = CompletableFuture.supplyAsync(() -> ask("PUT", "/connectors/orders/pause"))
                    .get();

            assertThat(answer.code()).isEqualTo(409);
            assertThat(answer.body().path("message").asText())
                    .isEqualTo(
                            "routes are being changed for more than PT0.1S: looking for orders was not done, try again");
        } finally {
            changing.unlock();
        }
    }

    private ConnectApi.Answer ask(String method, String path) {
        return api.answer(ConnectRequest.of(method, path, ""));
    }
}
