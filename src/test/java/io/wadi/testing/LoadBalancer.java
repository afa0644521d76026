package io.wadi.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wadi.local.ChildProcess;
import io.wadi.local.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * HAProxy with the shipped configuration, {@code docker/haproxy/haproxy.cfg}, in front of local ingest instances.
 * Addresses and ports differ from the shipped ones, and container names are not resolved by DNS.
 */
public final class LoadBalancer implements AutoCloseable {
    private static final String PROGRAM = "/usr/sbin/haproxy";
    private static final Path SHIPPED = Path.of("docker/haproxy/haproxy.cfg");

    /**
     * The limit of open files. HAProxy must start with fewer than it requests, and {@code -c} does not detect if it
     * cannot.
     */
    private static final int FILES = 4_096;

    private final ChildProcess process;
    private final int port;
    private final int statePort;

    private LoadBalancer(ChildProcess process, int port, int statePort) {
        this.process = process;
        this.port = port;
        this.statePort = statePort;
    }

    /** Skips the test if HAProxy is not installed. */
    public static void assumeIsThere() {
        assumeTrue(
                Files.isExecutable(Path.of(PROGRAM)),
                "Skipped: no HAProxy. On Debian and Ubuntu: apt-get install haproxy");
    }

    /** The event port and the management port of an ingest instance. */
    public record Ingest(int port, int management) {}

    /**
     * Starts HAProxy in front of two ingest instances, which need not run yet; returns when it responds.
     *
     * @param directory the directory for its files
     */
    public static LoadBalancer start(Path directory, Ingest first, Ingest second) throws IOException {
        int port = Ports.free();
        int state = Ports.free();
        String configuration = Files.readString(SHIPPED);
        configuration = configuration.replaceFirst("(?s)# Containers come back.*?\n\n", "");
        configuration = configuration.replace(" resolvers docker init-addr libc,none", "");
        configuration = changed(configuration, "default-server check port 9876 ", "default-server check ");
        configuration = changed(configuration, "server ingest-1 ingest-1:8080", server(1, first));
        configuration = changed(configuration, "server ingest-2 ingest-2:8080", server(2, second));
        configuration = changed(configuration, "bind :8080", "bind 127.0.0.1:" + port);
        configuration = changed(configuration, "bind :8404", "bind 127.0.0.1:" + state);
        Path file = Files.writeString(directory.resolve("haproxy.cfg"), configuration);
        Path log = directory.resolve("haproxy.log");
        ChildProcess process = ChildProcess.start(
                List.of("prlimit", "--nofile=" + FILES),
                List.of(PROGRAM, "-db", "-f", file.toString()),
                Map.of(),
                directory,
                ProcessBuilder.Redirect.to(log.toFile()));
        LoadBalancer started = new LoadBalancer(process, port, state);
        process.awaitReady("HAProxy", log, () -> !started.metrics().isEmpty());
        return started;
    }

    private static String changed(String configuration, String shipped, String here) {
        if (!configuration.contains(shipped)) {
            throw new IllegalStateException(SHIPPED + " no longer contains \"" + shipped + "\"");
        }
        return configuration.replace(shipped, here);
    }

    private static String server(int number, Ingest ingest) {
        return "server ingest-%d 127.0.0.1:%d port %d".formatted(number, ingest.port(), ingest.management());
    }

    /** Returns the port to which clients send events. */
    public int port() {
        return port;
    }

    /** Returns the number of ingest instances that HAProxy considers ready. */
    public int ingests() throws IOException, InterruptedException {
        return (int) metrics()
                .lines()
                .filter(line -> line.startsWith("haproxy_server_status{proxy=\"ingest\"")
                        && line.contains("state=\"UP\"")
                        && line.endsWith(" 1"))
                .count();
    }

    private String metrics() throws IOException, InterruptedException {
        return Http.get("http://localhost:" + statePort + "/metrics").body();
    }

    @Override
    public void close() {
        process.kill();
    }
}
