package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.wadi.testing.CommandProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The health command of the image, {@code docker/health}. */
final class HealthCommandTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"=%d", " = %d", ":%d", ": %d", " %d", "=%d \r", "=1\n  wadi.management.port=%d"})
    void port_isReadFromTheProperties(String value) throws Exception {
        HttpServer management = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        management.createContext("/observe/health/live", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        management.start();
        try {
            Files.writeString(
                    directory.resolve("application.properties"),
                    ("wadi.management.host-names=other\nwadi.management.port" + value + "\n")
                            .formatted(management.getAddress().getPort()));
            CommandProcess ended = CommandProcess.end(new ProcessBuilder(
                            "bash", Path.of("docker/health").toAbsolutePath().toString())
                    .directory(directory.toFile())
                    .redirectErrorStream(true));
            assertThat(ended.code()).as(ended.out()).isZero();
        } finally {
            management.stop(0);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, , 200, 0",
        "127.0.0.1, 0.0.0.0, 200, 0",
        "127.0.0.1, ::, 200, 0",
        "127.0.0.2, 127.0.0.2, 200, 0",
        "127.0.0.2, 127.0.0.2, 503, 1"
    })
    void health_isThatOfTheManagementPort(String address, String host, int status, int code) throws Exception {
        HttpServer management = HttpServer.create(new InetSocketAddress(address, 0), 0);
        management.createContext("/observe/health/ready", exchange -> {
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        management.start();
        try {
            ProcessBuilder command = new ProcessBuilder(
                            "bash", Path.of("docker/health").toAbsolutePath().toString(), "ready")
                    .directory(directory.toFile());
            command.environment()
                    .put(
                            "WADI_MANAGEMENT_PORT",
                            Integer.toString(management.getAddress().getPort()));
            if (host != null) {
                command.environment().put("WADI_MANAGEMENT_HOST", host);
            }
            CommandProcess ended = CommandProcess.end(command.redirectErrorStream(true));
            assertThat(ended.code()).as(ended.out()).isEqualTo(code);
        } finally {
            management.stop(0);
        }
    }
}
