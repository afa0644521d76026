package io.wadi.management.access;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.local.Ports;
import io.wadi.runtime.security.HostNames;
import io.wadi.runtime.security.Proxies;
import io.wadi.testing.Http;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpServerConfiguration;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
    /** Sends bytes and returns everything received until the connection is closed. */
    private static String answerTo(int port, String request) throws IOException {
        try (Socket socket = new Socket("localhost", port)) {
            socket.setSoTimeout(120_000);
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

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
            assertThat(answerTo(
                            configuration.getBindPort(),
                            "GET / HTTP/1.1\r\nHost: localhost\r\n" + "a:b\r\n".repeat(100)))
                    .as("too many headers, before the end of the headers")
                    .startsWith("HTTP/1.1 431 ");
            assertThat(answerTo(configuration.getBindPort(), "GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ");
            assertThat(meters.get("wadi.management.rejections")
                            .tag("cause", "invalid")
                            .counter()
                            .count())
                    .isEqualTo(2);
        }
    }
}
