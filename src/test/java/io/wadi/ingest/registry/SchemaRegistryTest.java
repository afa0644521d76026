package io.wadi.ingest.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.wadi.runtime.watch.WatchedValue;
import io.wadi.runtime.watch.Watcher;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A registry that fails for one subject. */
class SchemaRegistryTest {
    private static final byte[] SCHEMA = "{\"id\":1,\"version\":1,\"schema\":\"\\\"long\\\"\"}".getBytes(UTF_8);

    /** Both are checked at the same times, the failing one first. */
    @Test
    void subjectWithoutAResponse_doesNotPreventTheCheckOfAnother() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/subjects/failing/", exchange -> exchange.close());
        server.createContext("/subjects/sound/", exchange -> {
            exchange.sendResponseHeaders(200, SCHEMA.length);
            exchange.getResponseBody().write(SCHEMA);
            exchange.close();
        });
        server.start();
        try (Watcher watcher = new Watcher("test")) {
            String url = "http://localhost:" + server.getAddress().getPort();
            SchemaRegistry registry = new SchemaRegistry(new SchemaRegistry.Options(url, "", "", ""));
            WatchedValue<RegisteredSchema> sound = registry.latest("sound");

            watcher.every(Duration.ofSeconds(30), registry.latest("failing"));
            watcher.every(Duration.ofSeconds(30), sound);

            await().atMost(Duration.ofMinutes(1)).until(() -> sound.get() != null);
        } finally {
            server.stop(0);
        }
    }
}
