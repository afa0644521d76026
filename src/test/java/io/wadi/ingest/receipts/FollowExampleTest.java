package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.wadi.testing.CommandProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code examples/receipts/follow.sh} with a server that responds as an instance does. */
class FollowExampleTest {
    private final List<String> followed = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    private Path directory;

    private HttpServer server;
    private volatile String receipt;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            boolean isEvent = exchange.getRequestMethod().equals("POST");
            if (!isEvent) {
                followed.add(exchange.getRequestURI().getPath());
            }
            byte[] body = (isEvent
                            ? "{\"receipts\":[" + receipt + "]}"
                            : "{\"landed\":{\"state\":\"landed\",\"file\":\"/data/f\"},"
                                    + "\"indexed\":{\"state\":\"indexed\",\"index\":\"i\",\"id\":\"1\"}}")
                    .getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private CommandProcess follow() throws Exception {
        ProcessBuilder client = new ProcessBuilder("bash", "examples/receipts/follow.sh", "orders");
        client.redirectInput(
                Files.writeString(directory.resolve("event.json"), "{}").toFile());
        client.environment()
                .put("URL", "http://127.0.0.1:" + server.getAddress().getPort());
        return CommandProcess.end(client);
    }

    @Test
    void receipt_isFollowed() throws Exception {
        receipt = "{\"topic\":\"orders\",\"partition\":2,\"offset\":7}";

        assertThat(follow()).isEqualTo(new CommandProcess(0, "file      /data/f\ndocument  i/_doc/1\n", ""));
        assertThat(followed).containsExactly("/receipts/orders/2/7");
    }

    /** Another record of the topic may have its partition and offset. */
    @Test
    void receiptOfADeadLetter_isReported() throws Exception {
        receipt = "{\"topic\":\"wadi.dead-letter\",\"partition\":2,\"offset\":7,\"invalid\":\"missing\"}";

        assertThat(follow()).isEqualTo(new CommandProcess(1, "", "{\"receipts\":[" + receipt + "]}\n"));
        assertThat(followed).isEmpty();
    }
}
