package io.wadi.ingest.browser;

import com.sun.net.httpserver.HttpExchange;
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

/**
 * An event port with responses set by the test, and a site on another port with a page that sends events to it, so
 * that the page's requests are cross-origin.
 */
final class EventEndpoint implements AutoCloseable {
    /** A response with a JSON body. */
    record Answer(int status, String body, Map<String, String> headers) {
        /** No response, while the connection stays open. */
        static final Answer NONE = new Answer(0, "", Map.of());
    }

    /** A request and its mode: a browser sends {@code cors} for a fetch and {@code no-cors} for a beacon. */
    record Received(String method, String address, String type, String mode, List<String> lines) {}

    final List<Received> received = new CopyOnWriteArrayList<>();
    /** The next responses; if there is none, the response is 200 without receipts. */
    final Queue<Answer> answers = new ConcurrentLinkedQueue<>();

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer events = start();
    private final HttpServer site = start();
    private volatile String attributes = "";

    EventEndpoint() throws IOException {
        events.createContext("/wadi.js", EventEndpoint::snippet);
        events.createContext("/events/", this::receive);
        site.createContext(
                "/", exchange -> write(exchange, 200, "text/html", "<!doctype html><title>elsewhere</title>"));
        site.createContext("/page", this::page);
    }

    /** Clears the requests and responses, and returns the URL of the page. */
    String page(String scriptAttributes) {
        received.clear();
        answers.clear();
        attributes = scriptAttributes;
        return site() + "page";
    }

    String site() {
        return "http://localhost:" + site.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
        events.stop(0);
        site.stop(0);
        threads.shutdownNow();
    }

    private HttpServer start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.start();
        return server;
    }

    private void page(HttpExchange exchange) throws IOException {
        write(
                exchange,
                200,
                "text/html",
                "<!doctype html><title>page</title><link rel=icon href=data:,><script src=\"http://localhost:%d/wadi.js\" %s></script>"
                        .formatted(events.getAddress().getPort(), attributes));
    }

    private static void snippet(HttpExchange exchange) throws IOException {
        try (InputStream script = CrossOrigin.class.getResourceAsStream("/io/wadi/ingest/wadi.js")) {
            write(exchange, 200, "text/javascript", new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private void receive(HttpExchange exchange) throws IOException {
        List<String> lines = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList();
        received.add(new Received(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders().getFirst("Content-Type"),
                exchange.getRequestHeaders().getFirst("Sec-Fetch-Mode"),
                lines));
        exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "*");
        exchange.getResponseHeaders().set("Access-Control-Expose-Headers", "Retry-After");
        Answer next = answers.poll();
        Answer answer = next == null ? new Answer(200, "{\"receipts\":[]}", Map.of()) : next;
        if (answer.equals(Answer.NONE)) {
            return;
        }
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        write(exchange, answer.status(), "application/json", answer.body());
    }

    private static void write(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        try (exchange) {
            exchange.sendResponseHeaders(status, content.length);
            exchange.getResponseBody().write(content);
        }
    }
}
