package io.wadi.metrics.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An HTTP server that records requests and responds with a configurable status, 200 by default. */
final class Hook implements AutoCloseable {
    /** Keeps the connection open without a response. */
    static final int HANG = 0;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ConcurrentLinkedQueue<Received> received = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Function<JsonNode, Integer> statusOf = body -> 200;
    private HttpServer server;
    private int port;

    record Received(String path, JsonNode body, int status, String authorization, String type, long nanos) {
        /** Returns the hosts of the request's alerts. */
        Set<String> hosts() {
            return new TreeSet<>(body.findValuesAsText("host"));
        }
    }

    Hook() throws IOException {
        start();
    }

    /** Sets the function that returns the status for a request's body, or {@link #HANG}. */
    void respondWith(Function<JsonNode, Integer> status) {
        statusOf = status;
    }

    void respondWith(int status) {
        statusOf = body -> status;
    }

    String url() {
        return "http://localhost:" + port;
    }

    /** Starts listening, on the former port after a stop. */
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        port = server.getAddress().getPort();
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** Stops accepting connections. */
    void stop() {
        server.stop(0);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode body = JSON.readTree(exchange.getRequestBody());
            int status = statusOf.apply(body);
            received.add(new Received(
                    exchange.getRequestURI().getPath(),
                    body,
                    status,
                    exchange.getRequestHeaders().getFirst("Authorization"),
                    exchange.getRequestHeaders().getFirst("Content-Type"),
                    System.nanoTime()));
            if (status == HANG) {
                closed.await();
                return;
            }
            byte[] response =
                    (status == 200 ? "" : "{\"code\":%d,\"message\":\"no\"}".formatted(status)).getBytes(UTF_8);
            exchange.sendResponseHeaders(status, response.length == 0 ? -1 : response.length);
            exchange.getResponseBody().write(response);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    List<Received> received() {
        return new ArrayList<>(received);
    }

    List<Received> accepted() {
        return received().stream().filter(each -> each.status() == 200).toList();
    }

    @Override
    public void close() {
        closed.countDown();
        stop();
        threads.shutdownNow();
    }
}
