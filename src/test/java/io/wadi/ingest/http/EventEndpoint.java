package io.wadi.ingest.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.wadi.ingest.admission.Admission;
import io.wadi.ingest.admission.Admissions;
import io.wadi.ingest.limits.InFlight;
import io.wadi.local.Ports;
import io.wadi.runtime.HttpComponent;
import io.wadi.runtime.telemetry.Traces;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.AsyncProcessorSupport;

/** An event port with routes of a test, which need no Kafka. */
final class EventEndpoint implements AutoCloseable {
    /** Maximum number of concurrent requests of an HTTP/2 connection. */
    static final int STREAMS = 20;

    private static final int TIMEOUT_MS = 120_000;

    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final int port = Ports.free();
    private final Set<String> paused = ConcurrentHashMap.newKeySet();
    private final String scheme;

    /** Opens the port for these routes, for pages of these origins, with an idle timeout for its connections. */
    EventEndpoint(List<String> origins, RoutesBuilder routes) throws Exception {
        this(origins, 1000, Duration.ofMinutes(1), routes);
    }

    /** Opens the port for these routes, with this admission. */
    EventEndpoint(Admission admission, RoutesBuilder routes) throws Exception {
        this(Traces.off(), admission, routes);
    }

    /** Opens the port for these routes, with traces and this admission. */
    EventEndpoint(Traces traces, Admission admission, RoutesBuilder routes) throws Exception {
        this(traces, admission, List.of("*"), 1000, Duration.ofMinutes(1), Optional.empty(), routes);
    }

    /** Opens the port for these routes, with TLS and this admission. */
    EventEndpoint(Supplier<SslContext> tls, Admission admission, RoutesBuilder routes) throws Exception {
        this(
                Traces.off(),
                admission,
                List.of("https://shop.example"),
                1000,
                Duration.ofMinutes(1),
                Optional.of(tls),
                routes);
    }

    /** Opens the port for these routes, with TLS. */
    EventEndpoint(Supplier<SslContext> tls, int connections, Duration idle, RoutesBuilder routes) throws Exception {
        this(Traces.off(), Admissions.allowAll(), List.of("*"), connections, idle, Optional.of(tls), routes);
    }

    /**
     * Opens the port for these routes, with a maximum number of connections and their idle timeout. It has two event
     * loops, a maximum event-loop delay of 5 ms, bodies of up to 64 KiB, and a minimum rate of 1 MiB/s for bodies.
     */
    EventEndpoint(List<String> origins, int connections, Duration idle, RoutesBuilder routes) throws Exception {
        this(Traces.off(), Admissions.allowAll(), origins, connections, idle, Optional.empty(), routes);
    }

    private EventEndpoint(
            Traces traces,
            Admission admission,
            List<String> origins,
            int connections,
            Duration idle,
            Optional<Supplier<SslContext>> tls,
            RoutesBuilder routes)
            throws Exception {
        scheme = tls.isPresent() ? "https" : "http";
        HttpComponent component = new HttpComponent();
        component.setEngine(new IngestEngine(
                meters,
                traces,
                new IngestEngine.RequestPolicy(admission, "select-color", "pixels", route -> !paused.contains(route)),
                new IngestEngine.Options(
                        "localhost",
                        port,
                        2,
                        origins,
                        List.of("x-tenant"),
                        1024,
                        2048,
                        new IngestEngine.Bodies(64 * 1024, 1024 * 1024, 64 * 1024),
                        connections,
                        STREAMS,
                        idle,
                        idle,
                        1024 * 1024,
                        Duration.ofMillis(5),
                        tls)));
        camel.addComponent("platform-http", component);
        camel.addRoutes(routes);
        camel.start();
    }

    /** Returns a step that holds requests while the condition is true; their callbacks are added to the queue. */
    static AsyncProcessorSupport hold(Queue<AsyncCallback> held, BooleanSupplier condition) {
        return new AsyncProcessorSupport() {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                if (condition.getAsBoolean()) {
                    held.add(callback);
                    return false;
                }
                callback.done(true);
                return true;
            }
        };
    }

    /** Waits until no request is in progress and all of their memory is released. */
    static void awaitEmpty(InFlight inFlight) {
        await().untilAsserted(() -> {
            assertThat(inFlight.requests()).isZero();
            assertThat(inFlight.bytes()).isZero();
        });
    }

    DefaultCamelContext camel() {
        return camel;
    }

    /** Rejects further requests for a route. */
    void pause(String route) {
        paused.add(route);
    }

    /** Holds requests for all routes until the result is closed. */
    RequestDispatcher.Hold holdAll() {
        RequestDispatcher dispatch = camel.hasService(IngestServer.class).dispatch();
        return dispatch.hold(dispatch.targets(any -> true));
    }

    /** Returns the number of responses of a path with a status of this class. */
    double answered(String path, String status) {
        return meters.get("wadi.ingest.requests")
                .tags("path", path, "status", status)
                .counter()
                .count();
    }

    /** Returns the number of connections closed for this reason. */
    double ended(String reason) {
        return meters.get("wadi.ingest.connections.ended")
                .tag("reason", reason)
                .counter()
                .count();
    }

    /** Returns the number of requests rejected for this reason. */
    double rejected(String reason) {
        return meters.get("wadi.ingest.rejections")
                .tag("reason", reason)
                .counter()
                .count();
    }

    /** Returns the number of rejected requests. */
    double rejected() {
        return meters.get("wadi.ingest.rejections").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** Returns the number of connections. */
    double connections() {
        return meters.get("wadi.ingest.connections").gauge().value();
    }

    String url() {
        return scheme + "://localhost:" + port;
    }

    /** Returns a connection to write any bytes to. */
    Socket connect() throws IOException {
        Socket socket = new Socket("localhost", port);
        socket.setSoTimeout(TIMEOUT_MS);
        return socket;
    }

    /** Returns the bytes of a request line and headers. */
    static String head(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    /** Returns the response to these bytes until the server closes the connection. */
    String answerTo(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            socket.getInputStream().transferTo(answer);
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        camel.stop();
    }
}
