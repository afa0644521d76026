package io.wadi.management.connectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.ReplacedRoutes;
import io.wadi.kafka.RouteControl;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While a route is replaced, no route has its id: requests wait instead of being rejected with 404. */
final class ReplacedConnectorTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final ReentrantLock routeLock = new ReentrantLock();
    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ReplacedRoutes replaced = ReplacedRoutes.in(context);
    private ConnectApi api;

    @BeforeEach
    void start() {
        context.start();
        api = api(TIMEOUT, input -> false);
    }

    @AfterEach
    void stop() {
        api.close();
        context.stop();
    }

    private ConnectApi api(Duration stopTimeout, Predicate<Endpoint> pausesStarted) {
        return new ConnectApi(
                context,
                new ConnectApi.Names("1", "unknown", "localhost:9876"),
                new ConnectApi.Dependencies(
                        () -> "keep",
                        List::of,
                        pausesStarted,
                        new RouteControl(),
                        routeLock,
                        stopTimeout,
                        Properties::new,
                        Set::of,
                        AllowedDirectories.of("", ""),
                        0));
    }

    @Test
    void connector_requestedDuringItsReplacement_isAwaited() throws Exception {
        CompletableFuture<ConnectApi.Answer> answer;
        routeLock.lock();
        try {
            replaced.setChanging(List.of("orders"));
            answer = CompletableFuture.supplyAsync(() -> send("GET", "/connectors/orders/status"));
            await().until(routeLock::hasQueuedThreads);
            context.addRoutes(route("orders"));
            replaced.setChanging(List.of());
        } finally {
            routeLock.unlock();
        }

        ConnectApi.Answer response = answer.get();
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body().path("connector").path("state").asText()).isEqualTo("RUNNING");
    }

    /** Its parameters are properties only while Camel creates its route. */
    @Test
    void routeOfATemplate_hasTheTopicsOfItsParameters() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                routeTemplate("tick")
                        .templateParameter("topic")
                        .from("direct:tick")
                        .autoStartup(false)
                        .to("kafka:{{topic}}?brokers=localhost:1")
                        .toD("kafka:{{topic}}-2?brokers=localhost:1");
            }
        });
        context.addRouteFromTemplate("ticks", "tick", Map.of("topic", "orders"));

        ConnectApi.Answer response = send("GET", "/connectors/ticks/topics");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body().toString()).contains("\"orders\"", "\"orders-2\"");
        assertThat(send("GET", "/connectors").body().toString()).isEqualTo("[\"ticks\"]");
    }

    @Test
    void routeWithAnInterceptedInput_isASinkOfItsTopics() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                interceptSendToEndpoint("kafka:*").to("log:sent");
                from("direct:intercepting").to("log:none");
                from("kafka:orders?brokers=localhost:1&groupId=archive")
                        .routeId("orders")
                        .autoStartup(false)
                        .to("log:none");
            }
        });

        ConnectApi.Answer response = send("GET", "/connectors/orders/topics");
        assertThat(response.status()).isEqualTo(200);
        assertThat(response.body().toString()).isEqualTo("{\"orders\":{\"topics\":[\"orders\"]}}");
        assertThat(send("GET", "/connectors/orders").body().path("type").asText())
                .isEqualTo("sink");
    }

    /** After a failed rollback, only the list of removed routes contains it. */
    @Test
    void connector_requestedDuringTheRetryOfARollback_isAwaited() throws Exception {
        context.addRoutes(route("orders"));
        replaced.set(List.of(context.getRoute("orders")));
        context.getRouteController().stopRoute("orders");
        context.removeRoute("orders");
        CompletableFuture<ConnectApi.Answer> answer;
        routeLock.lock();
        try {
            answer = CompletableFuture.supplyAsync(() -> send("GET", "/connectors/orders"));
            await().until(routeLock::hasQueuedThreads);
            context.addRoutes(route("orders"));
        } finally {
            routeLock.unlock();
        }

        assertThat(answer.get().status()).isEqualTo(200);
    }

    @Test
    void missingConnector_isNotFound_duringTheReplacementOfAnotherOne() throws Exception {
        api.close();
        api = api(Duration.ofMillis(100), input -> false);
        routeLock.lock();
        try {
            replaced.setChanging(List.of("orders"));
            for (String request : List.of("GET /connectors/none", "PUT /connectors/none/pause")) {
                String[] parts = request.split(" ", -1);

                assertThat(CompletableFuture.supplyAsync(() -> send(parts[0], parts[1]))
                                .get()
                                .status())
                        .as(request)
                        .isEqualTo(404);
            }
        } finally {
            routeLock.unlock();
        }
    }

    @Test
    void connector_missingOnceRoutesAreReplaced_isNotFound() {
        assertThat(send("PUT", "/connectors/orders/pause").status()).isEqualTo(404);
    }

    @Test
    void errorForTheMethod_containsTheAllowedOnes() throws Exception {
        context.addRoutes(route("orders"));

        assertThat(send("PATCH", "/connectors").allowed()).isEqualTo("GET, HEAD, POST");
        assertThat(send("PUT", "/connectors/orders").allowed()).isEqualTo("GET, HEAD, DELETE");
        assertThat(send("DELETE", "/connectors/orders/config").allowed()).isEqualTo("GET, HEAD, PUT, PATCH");
        assertThat(send("DELETE", "/connectors/orders/offsets").allowed()).isEqualTo("GET, HEAD");
        assertThat(send("GET", "/connectors/orders/pause").allowed()).isEqualTo("PUT");
        assertThat(send("PUT", "/connectors/orders/topics/reset").allowed()).isEmpty();
        assertThat(send("GET", "/connectors/none").allowed()).isNull();
        assertThat(send("PUT", "/connectors/none/topics/reset").status()).isEqualTo(404);
    }

    @Test
    void compressedBody_isUnsupported() {
        Message request = new DefaultMessage(context);
        request.setHeader(Exchange.HTTP_METHOD, "POST");
        request.setHeader(Exchange.HTTP_PATH, "/connectors");
        request.setHeader(Exchange.CONTENT_TYPE, "application/json");
        request.setHeader("Content-Encoding", "gzip");
        request.setBody(new byte[] {0x1f, (byte) 0x8b});

        assertThat(api.handle(ConnectRequest.of(request)).status()).isEqualTo(415);
    }

    @Test
    void routeThatFailedToStart_isFailed_andStartedByARestart() throws Exception {
        context.addRoutes(route("orders"));
        context.getRouteController().stopRoute("orders");
        context.addRoutes(route("other")); // an endpoint of direct accepts only one consumer

        assertThat(send("PUT", "/connectors/orders/resume").status()).isEqualTo(500);
        assertThat(state("orders")).isEqualTo("FAILED");

        context.getRouteController().stopRoute("other");
        assertThat(send("POST", "/connectors/orders/restart", "onlyFailed=true").status())
                .isEqualTo(202);
        assertThat(state("orders")).isEqualTo("RUNNING");

        send("PUT", "/connectors/orders/stop");
        assertThat(send("POST", "/connectors/orders/restart").status()).isEqualTo(204);
        assertThat(state("orders")).isEqualTo("STOPPED");
    }

    @Test
    void connector_deletedBeforeItIsPaused_isNotFound_andLeavesNoState() throws Exception {
        context.addRoutes(route("orders"));
        CompletableFuture<ConnectApi.Answer> answer;
        routeLock.lock();
        try {
            answer = CompletableFuture.supplyAsync(() -> send("PUT", "/connectors/orders/pause"));
            await().until(routeLock::hasQueuedThreads);
            context.getRouteController().stopRoute("orders");
            context.removeRoute("orders");
        } finally {
            routeLock.unlock();
        }

        assertThat(answer.get().status()).isEqualTo(404);
        context.addRoutes(route("orders"));
        assertThat(state("orders")).isEqualTo("RUNNING");
    }

    /** Its consumers would apply the state of only one of both routes, and go on although it is reported as paused. */
    @Test
    void routeWithTheUriOfAnotherOne_cannotBePaused_butStopped() throws Exception {
        api.close();
        api = api(TIMEOUT, input -> true);
        for (String id : List.of("orders", "copy")) {
            context.addRoutes(route(id, "seda:orders?multipleConsumers=true"));
        }
        context.addRoutes(route("other", "seda:other"));

        ConnectApi.Answer answer = send("PUT", "/connectors/copy/pause");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.body().path("message").asText())
                .isEqualTo("copy cannot be paused: route orders has the same URI; stop it, or add a"
                        + " clientId to one of the URIs");
        assertThat(state("copy")).isEqualTo("RUNNING");
        assertThat(send("PUT", "/connectors/copy/stop").status()).isEqualTo(204);
        assertThat(state("orders")).isEqualTo("RUNNING");
        assertThat(send("PUT", "/connectors/other/pause").status()).isEqualTo(202);
    }

    /** Requests can create and delete any number of connectors. */
    @Test
    void removedRoute_isNotRetained() throws Exception {
        context.addRoutes(route("orders"));
        WeakReference<Route> removed = new WeakReference<>(context.getRoute("orders"));
        assertThat(state("orders")).isEqualTo("RUNNING");

        context.getRouteController().stopRoute("orders");
        context.removeRoute("orders");

        await().until(() -> {
            System.gc();
            return removed.get() == null;
        });
    }

    private static RouteBuilder route(String id) {
        return route(id, "direct:orders");
    }

    private static RouteBuilder route(String id, String input) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from(input).routeId(id).to("kafka:orders?brokers=localhost:1");
            }
        };
    }

    private String state(String connector) {
        ConnectApi.Answer status = send("GET", "/connectors/" + connector + "/status");
        return status.body().path("connector").path("state").asText();
    }

    @Test
    void changeThatExceedsTheTimeout_isReported() throws Exception {
        api.close();
        api = api(Duration.ofMillis(100), input -> false);
        routeLock.lock();
        try {
            replaced.setChanging(List.of("orders"));
            for (String request : List.of("PUT /connectors/orders/pause", "GET /connectors/orders/status")) {
                String[] parts = request.split(" ", -1);
                ConnectApi.Answer answer = CompletableFuture.supplyAsync(() -> send(parts[0], parts[1]))
                        .get();

                assertThat(answer.status()).as(request).isEqualTo(409);
                assertThat(answer.body().path("message").asText())
                        .isEqualTo("cannot find orders: another change of routes takes longer than 100ms; try again");
            }
        } finally {
            routeLock.unlock();
        }
    }

    private ConnectApi.Answer send(String method, String path) {
        return send(method, path, "");
    }

    private ConnectApi.Answer send(String method, String path, String query) {
        Message request = new DefaultMessage(context);
        request.setHeader(Exchange.HTTP_METHOD, method);
        request.setHeader(Exchange.HTTP_PATH, path);
        request.setHeader(Exchange.HTTP_RAW_QUERY, query);
        return api.handle(ConnectRequest.of(request));
    }
}
