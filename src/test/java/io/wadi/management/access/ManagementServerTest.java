package io.wadi.management.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.http.HttpMethod;
import io.wadi.local.Ports;
import io.wadi.runtime.security.HostNames;
import io.wadi.runtime.security.Proxies;
import io.wadi.testing.Http;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
    @Test
    void duringTheStart_pathsAreUnavailable_andUnknownOnesAre404Afterwards() throws Exception {
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost("localhost");
        configuration.setBindPort(Ports.free());
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Proxies proxies = Proxies.parse("");
        AccessControl.Options options = new AccessControl.Options(
                true, Set.of(), 1, Duration.ofHours(1), new HostNames(List.of("localhost"), true), proxies, 1000);
        AccessControl open = new AccessControl(() -> Users.NONE, () -> Tokens.NONE, options, meters);
        String url = "http://localhost:" + configuration.getBindPort() + "/api/dead-letters";
        try (DefaultCamelContext camel = new DefaultCamelContext();
                ManagementServer server = new ManagementServer(
                        configuration,
                        open,
                        new ManagementServer.Limits(10, 1 << 20, Duration.ofMinutes(1)),
                        proxies,
                        meters)) {
            server.setCamelContext(camel);
            server.start();

            HttpResponse<String> starting = Http.get(url);

            assertThat(starting.statusCode()).isEqualTo(503);
            assertThat(starting.headers().firstValue("Retry-After")).hasValue("1");
            assertThat(starting.body()).contains("Wadi is starting or stopping: try again in a moment");
            camel.start();
            assertThat(Http.get(url).statusCode()).isEqualTo(404);
            assertThat(Http.exchange(
                            configuration.getBindPort(),
                            "GET / HTTP/1.1\r\nHost: localhost\r\n" + "a:b\r\n".repeat(100)))
                    .as("too many headers, before the end of the headers")
                    .startsWith("HTTP/1.1 431 ");
            assertThat(Http.exchange(
                            configuration.getBindPort(), "GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ");
            assertThat(Http.exchange(configuration.getBindPort(), "GET / HTTP/1.1\r\nHost: localhost\r\n: a\r\n\r\n"))
                    .as("empty header name")
                    .startsWith("HTTP/1.1 400 ");
            assertThat(meters.get("wadi.management.rejections")
                            .tag("cause", "invalid")
                            .counter()
                            .count())
                    .isEqualTo(3);
            assertThat(Http.exchange(
                            configuration.getBindPort(), "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ")
                    .contains("The request has an invalid Host header");
        }
    }

    /** Vert.x recognizes the option "close" only as the sole one. */
    @Test
    void connectionWithTheOptionCloseAmongOthers_isClosedAfterTheResponse() throws Exception {
        withServer((router, server) -> {
            router.route("/api/a").handler(context -> context.end("a"));

            assertThat(Http.exchange(
                            URI.create(server).getPort(),
                            ("GET /api/a HTTP/1.1\r\nHost: localhost\r\nConnection: TE, Close\r\n\r\n").repeat(2)))
                    .containsOnlyOnce("HTTP/1.1 200 ")
                    .containsIgnoringCase("\r\nconnection: close\r\n");
        });
    }

    /** Netty reads eight bytes after such a head; a proxy in front of the port sends them as the next request. */
    @Test
    void handshakeOfTheFirstWebSocketDraft_is400_andClosesTheConnection() throws Exception {
        withServer((router, server) -> {
            router.route("/api/a").handler(context -> context.end("a"));

            assertThat(Http.exchange(
                            URI.create(server).getPort(),
                            "GET /api/a HTTP/1.1\r\nHost: localhost\r\nSec-WebSocket-Key1: a\r\nSec-WebSocket-Key2: b"
                                    + "\r\n\r\nGET /api/a HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                    .containsOnlyOnce("HTTP/1.1 ")
                    .startsWith("HTTP/1.1 400 ");
        });
    }

    /** Otherwise Vert.x would pass on the bytes of a coding that it does not decode. */
    @Test
    void transferCodingOtherThanChunked_is400_andClosesTheConnection() throws Exception {
        withServer((router, server) -> {
            router.route("/api/a").handler(context -> context.end("a"));

            for (String coding : List.of("gzip, chunked", "chunked, gzip", "gzip\r\nTransfer-Encoding: chunked")) {
                assertThat(Http.exchange(
                                URI.create(server).getPort(),
                                ("POST /api/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: " + coding
                                                + "\r\n\r\n0\r\n\r\n")
                                        .repeat(2)))
                        .as(coding)
                        .containsOnlyOnce("HTTP/1.1 ")
                        .startsWith("HTTP/1.1 400 ");
            }
            assertThat(Http.exchange(
                            URI.create(server).getPort(),
                            "POST /api/a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: Chunked\r\n"
                                    + "Connection: close\r\n\r\n0\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ");
        });
    }

    private interface Use {
        void use(VertxPlatformHttpRouter router, String url) throws Exception;
    }

    /** Starts a server without endpoints, to which a test adds paths as Camel does. */
    private static void withServer(Use use) throws Exception {
        VertxPlatformHttpServerConfiguration configuration = new VertxPlatformHttpServerConfiguration();
        configuration.setBindHost("localhost");
        configuration.setPort(Ports.free());
        configuration.setBindPort(configuration.getPort());
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Proxies proxies = Proxies.parse("");
        AccessControl.Options options = new AccessControl.Options(
                true, Set.of(), 1, Duration.ofHours(1), new HostNames(List.of("localhost"), true), proxies, 1000);
        try (DefaultCamelContext camel = new DefaultCamelContext();
                ManagementServer server = new ManagementServer(
                        configuration,
                        new AccessControl(() -> Users.NONE, () -> Tokens.NONE, options, meters),
                        new ManagementServer.Limits(10, 1 << 20, Duration.ofMinutes(1)),
                        proxies,
                        meters)) {
            server.setCamelContext(camel);
            server.start();
            use.use(
                    VertxPlatformHttpRouter.lookup(
                            camel, VertxPlatformHttpRouter.getRouterNameFromPort(configuration.getPort())),
                    "http://localhost:" + configuration.getBindPort());
        }
    }

    @Test
    void metrics_areForClientsOfEitherFormat_andForHead() throws Exception {
        withServer((router, server) -> {
            router.route("/observe/metrics")
                    .method(HttpMethod.GET)
                    .produces("text/plain; version=0.0.4; charset=utf-8")
                    .handler(context -> context.end("up 1"));
            String url = server + "/observe/metrics";

            for (String accepted : List.of(
                    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1",
                    "text/plain;version=0.0.4",
                    "text/plain",
                    "*/*")) {
                assertThat(Http.get(url, "Accept", accepted).statusCode())
                        .as(accepted)
                        .isEqualTo(200);
            }
            assertThat(Http.get(url, "Accept", "image/png").statusCode()).isEqualTo(406);
            assertThat(Http.head(url)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
        });
    }

    @Test
    void health_isForEveryClient() throws Exception {
        withServer((router, server) -> {
            router.route("/observe/health")
                    .method(HttpMethod.GET)
                    .produces("application/json")
                    .handler(context -> context.end("{}"));

            for (String accepted : List.of("text/html", "text/html;level=1", "application/json", "*/*")) {
                assertThat(Http.get(server + "/observe/health", "Accept", accepted)
                                .statusCode())
                        .as(accepted)
                        .isEqualTo(200);
            }
        });
    }

    private static String allowed(String method, String url) throws Exception {
        HttpResponse<String> rejected = Http.send(method, url);
        assertThat(rejected.statusCode()).isEqualTo(405);
        return rejected.headers().firstValue("Allow").orElse("");
    }

    @Test
    void errorForTheMethod_containsTheAllowedOnes() throws Exception {
        withServer((router, server) -> {
            router.route("/api/a").method(HttpMethod.GET).handler(context -> context.end());
            router.route("/api/a").method(HttpMethod.POST).handler(context -> context.end());
            router.route("/api/:topic/audit").method(HttpMethod.POST).handler(context -> context.end());
            router.route("/api/live/other").method(HttpMethod.DELETE).handler(context -> context.end());
            router.get("/api/live").handler(context -> context.end());

            for (String method : List.of("PUT", "OPTIONS", "HEAD")) {
                assertThat(allowed(method, server + "/api/a")).isEqualTo("GET, POST");
                assertThat(allowed(method, server + "/api/a/")).isEqualTo("GET, POST");
                assertThat(allowed(method, server + "/api/orders/audit")).isEqualTo("POST");
                assertThat(allowed(method, server + "/api/live")).isEqualTo("GET");
            }
            assertThat(Http.send("PUT", server + "/api/a").body()).contains("this path accepts GET, POST");
        });
    }
}
