package io.wadi;

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

/** {@code examples/retry/send.sh} with a server that responds as an instance does. */
class RetryExampleTest {
    private final List<String> events = Collections.synchronizedList(new ArrayList<>());

    @TempDir
    private Path directory;

    private HttpServer server;
    private volatile int status = 200;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/events/orders", exchange -> {
            events.add(exchange.getRequestHeaders().getFirst("Idempotency-Key") + " "
                    + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            byte[] receipt = "{}".getBytes(UTF_8);
            exchange.sendResponseHeaders(status, receipt.length);
            exchange.getResponseBody().write(receipt);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void lastLine_isSent_withoutALineBreakAtItsEnd() throws Exception {
        send("{\"n\":1}\n{\"n\":2}");

        assertThat(events).containsExactly("run-1 {\"n\":1}", "run-2 {\"n\":2}");
    }

    /** Such as a dead letter, or an event of a topic without receipts. */
    @Test
    void acceptedEvent_isNoFailure() throws Exception {
        status = 202;

        assertThat(send("{\"n\":1}\n{\"n\":2}\n")).isEqualTo("{}\n{}\n");

        assertThat(events).hasSize(2);
    }

    /** Sends lines and returns the output. */
    private String send(String lines) throws Exception {
        Path input = Files.writeString(directory.resolve("events"), lines);
        ProcessBuilder command = new ProcessBuilder("bash", "examples/retry/send.sh", "orders", "run");
        command.environment()
                .put("URLS", "http://127.0.0.1:" + server.getAddress().getPort());
        CommandProcess ended =
                CommandProcess.end(command.redirectInput(input.toFile()).redirectErrorStream(true));
        assertThat(ended.code()).as(ended.out()).isZero();
        return ended.out();
    }
}
