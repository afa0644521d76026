package io.wadi.management.page;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Stubs of Wadi's HTTP servers with responses set by a test: the management port with the page's files, and the events
 * port on another port, so that the page's requests are cross-origin.
 */
final class PageStubs implements AutoCloseable {
    /** A JSON response. */
    record Answer(int status, String body, Map<String, String> headers) {
        Answer(int status, String body) {
            this(status, body, Map.of());
        }
    }

    /** A request to the event port. */
    record Received(String method, String address, String host, String origin, String userAgent) {}

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private static final Answer SESSION = new Answer(200, """
            {"user":"anonymous","role":"operate","csrf":""}""");

    final List<Received> received = new CopyOnWriteArrayList<>();
    final List<String> followed = new CopyOnWriteArrayList<>();
    /** The server-sent events of the next connections; further connections get 404. */
    final Queue<String> live = new ConcurrentLinkedQueue<>();

    volatile Answer event;
    volatile Answer follow;
    volatile Answer health;
    volatile String eventsUrl;
    volatile boolean allowOrigin;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer management = start();
    private final HttpServer events = start();

    PageStubs() throws IOException {
        management.createContext("/", this::file);
        management.createContext("/api/about", json(() -> new Answer(200, about())));
        management.createContext("/api/session", json(() -> SESSION));
        management.createContext("/api/follow", this::follow);
        management.createContext("/api/live", this::live);
        management.createContext("/observe/health/ready", json(() -> health));
        events.createContext("/api/select", this::select);
        reset();
    }

    /** Accepts events, which are neither in HDFS nor in Elasticsearch yet. */
    void reset() {
        received.clear();
        followed.clear();
        live.clear();
        event = new Answer(200, """
                {"topic":"select-color","partition":2,"offset":41,"timestamp":"2026-04-14T12:34:56.789Z"}""");
        follow = new Answer(200, """
                {"kafka":{"timestamp":"2026-04-14T12:34:56.789Z"},"landed":{"state":"pending"},
                "indexed":{"state":"pending"},"deadLetter":null}""");
        health = new Answer(200, """
                {"status":"UP","checks":[]}""");
        eventsUrl = "http://localhost:" + events.getAddress().getPort();
        allowOrigin = true;
    }

    String page(String host) {
        return "http://" + host + ":" + management.getAddress().getPort() + "/";
    }

    int eventsPort() {
        return events.getAddress().getPort();
    }

    @Override
    public void close() {
        management.stop(0);
        events.stop(0);
        threads.shutdownNow();
    }

    private HttpServer start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        return server;
    }

    private String about() {
        return """
                {"version":"0.1.0","eventsUrl":"%s","kafka":"localhost:9092","hdfs":"hdfs://localhost:8020",
                "hdfsWeb":"http://localhost:9870","elasticsearch":"http://localhost:9200","rollInterval":"PT5S"}""".formatted(eventsUrl);
    }

    private void select(HttpExchange exchange) throws IOException {
        received.add(new Received(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders().getFirst("Host"),
                exchange.getRequestHeaders().getFirst("Origin"),
                exchange.getRequestHeaders().getFirst("User-Agent")));
        if (allowOrigin) {
            exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
            exchange.getResponseHeaders().set("Access-Control-Expose-Headers", "Retry-After");
        }
        send(exchange, event);
    }

    private void follow(HttpExchange exchange) throws IOException {
        followed.add(exchange.getRequestURI().getRawQuery());
        send(exchange, follow);
    }

    private void live(HttpExchange exchange) throws IOException {
        String states = live.poll();
        if (states == null) {
            send(exchange, new Answer(404, "{}"));
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        write(exchange, 200, states.getBytes(StandardCharsets.UTF_8));
    }

    private void file(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String name =
                Map.of("/", "index.html", "/send", "send.html").getOrDefault(path, path.replaceFirst("^/page/", ""));
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        if (type == null || PageStubs.class.getResource("web/" + name) == null) {
            send(exchange, new Answer(404, "{}"));
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Content-Security-Policy", policy(exchange));
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        try (InputStream content = PageStubs.class.getResourceAsStream("web/" + name)) {
            write(exchange, 200, content.readAllBytes());
        }
    }

    /** The strictest policy for the page: its own files, and requests to its own port and to the event port. */
    private String policy(HttpExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst("Host");
        String eventsOrigin = "http://" + host.substring(0, host.lastIndexOf(':')) + ":" + eventsPort();
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' "
                + eventsOrigin + "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }

    private static HttpHandler json(Supplier<Answer> source) {
        return exchange -> send(exchange, source.get());
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        write(exchange, answer.status(), answer.body().getBytes(StandardCharsets.UTF_8));
    }

    private static void write(HttpExchange exchange, int status, byte[] content) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
            exchange.getResponseBody().write(content);
        }
    }
}
