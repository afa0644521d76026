package io.wadi.testing;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server that redirects each request to another path of itself. */
public final class RedirectingServer implements AutoCloseable {
    private final AtomicInteger followed = new AtomicInteger();
    private final HttpServer server;

    /** Starts the server on a free port. */
    public RedirectingServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        server.createContext("/elsewhere", exchange -> {
            followed.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Location", "http://" + hostAndPort() + "/elsewhere");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
    }

    /** Returns the server's address. */
    public String hostAndPort() {
        return "localhost:" + server.getAddress().getPort();
    }

    /** Returns how many requests have followed a redirect. */
    public int followed() {
        return followed.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
