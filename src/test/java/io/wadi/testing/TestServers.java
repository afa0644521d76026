package io.wadi.testing;

import io.wadi.local.LocalElasticsearch;
import io.wadi.local.LocalServers;
import io.wadi.local.ServerPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The servers that all tests of a run share, started on first use and stopped with the JVM. They run as processes and
 * in this JVM, or in containers if the property {@code test.infra} is {@code containers}.
 */
public final class TestServers {
    private static final String YEAR_MS = Long.toString(TimeUnit.DAYS.toMillis(365));

    /**
     * Broker settings that defer the first retention check beyond the test run. By default a broker checks 30 s after
     * its start and every five minutes, and deletes records with timestamps older than seven days, which many tests
     * use.
     */
    public static final Map<String, String> KEEPS_RECORDS =
            Map.of("log.initial.task.delay.ms", YEAR_MS, "log.retention.check.interval.ms", YEAR_MS);

    private TestServers() {}

    /**
     * Returns the running servers, which use free ports and a directory below {@code target} that is deleted with them.
     * A test that stops a server starts it again.
     */
    public static SharedServers shared() {
        return Holder.SERVERS;
    }

    private static final class Holder {
        static final SharedServers SERVERS = start();

        private static SharedServers start() {
            String infra = System.getProperty("test.infra", "processes");
            try {
                return switch (infra) {
                    case "processes" -> startProcesses();
                    case "containers" -> ContainerServers.start();
                    default ->
                        throw new IllegalArgumentException(
                                "wadi.infra is '" + infra + "'. Allowed: processes or containers");
                };
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static SharedServers startProcesses() throws IOException {
            Path target = Path.of("target");
            Path data = newDirectory("run");
            LocalServers servers = new LocalServers(
                    data,
                    LocalElasticsearch.unpackedIn(target),
                    ServerPorts.free(),
                    LocalServers.Progress.NONE,
                    KEEPS_RECORDS);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(servers, data), "stop-test-servers"));
            servers.start();
            return new SharedServers(servers.ports(), servers.kafka(), Optional.of(servers.hdfs()));
        }

        private static void stop(LocalServers servers, Path data) {
            servers.stop();
            delete(data);
        }
    }

    /** Creates a directory below {@code target} for the data of a server. */
    public static Path newDirectory(String server) throws IOException {
        return Files.createTempDirectory(Files.createDirectories(Path.of("target", "servers")), server + "-")
                .toAbsolutePath();
    }

    /** Deletes a directory with its content. */
    public static void delete(Path directory) {
        List<Path> deepestFirst;
        try (Stream<Path> walk = Files.walk(directory)) {
            deepestFirst = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
