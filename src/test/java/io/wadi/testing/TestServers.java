package io.wadi.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The servers that all tests of a run share: started by the first that asks, stopped with the JVM. */
public final class TestServers {
    private TestServers() {}

    /**
     * The running servers, on free ports, with their data in a directory below {@code target} that goes with them. A
     * test that stops one of them starts it again.
     */
    public static LocalServers shared() {
        return Holder.SERVERS;
    }

    private static final class Holder {
        static final LocalServers SERVERS = start();

        private static LocalServers start() {
            Path target = Path.of("target");
            try {
                Path data = Files.createTempDirectory(Files.createDirectories(target.resolve("servers")), "run-");
                LocalServers servers = new LocalServers(
                        data, LocalElasticsearch.unpackedIn(target), ServerPorts.free(), LocalServers.Progress.NONE);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(servers, data), "stop-test-servers"));
                servers.start();
                return servers;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void stop(LocalServers servers, Path data) {
            servers.stop();
            delete(data);
        }
    }

    /** Deletes a directory with all that is in it. */
    static void delete(Path directory) {
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
