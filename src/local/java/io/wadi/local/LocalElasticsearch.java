package io.wadi.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Elasticsearch's own distribution as a child process on this JVM's Java, one node with 512 MiB of heap and without
 * security, on 127.0.0.1. It never runs as root and does not outlive this JVM, even one killed with SIGKILL.
 */
public final class LocalElasticsearch implements LocalServer {
    /**
     * Whether a node lives for a test and not for a day's work: it is compiled once then, simply, which more than halves the CPU
     * time of its start (21.8 to 9.9 s, measured on two busy cores).
     */
    private static final boolean SHORT_LIVED = Boolean.getBoolean("test.servers.short-lived");

    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);
    private final Path distribution;
    private final Path directory;
    private final Path log;
    private final int port;
    private final Setup setup;
    private ChildProcess process;

    /**
     * What is not as usual.
     *
     * @param settings lines of {@code elasticsearch.yml}
     * @param scheme {@code http} or {@code https}
     * @param client how it is asked whether it is ready
     * @param authorization the header of that name; empty for none
     */
    public record Setup(String settings, String scheme, HttpClient client, String authorization) {
        /** As usual, but for these lines. */
        public static Setup with(String settings) {
            HttpClient client = HttpClient.newBuilder()
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();
            return new Setup(settings, "http", client, "");
        }
    }

    /**
     * A node that is not started yet.
     *
     * @param distribution the unpacked distribution, which is only read
     * @param directory keeps configuration and data; made by the first start
     * @param log what the node prints; the previous run's is kept beside it with {@code .1} at the end
     * @param port of HTTP
     */
    public LocalElasticsearch(Path distribution, Path directory, Path log, int port) {
        this(distribution, directory, log, port, Setup.with("xpack.security.enabled: false"));
    }

    /** A node that is not started yet, and not as usual. */
    public LocalElasticsearch(Path distribution, Path directory, Path log, int port, Setup setup) {
        this.setup = setup;
        this.distribution = distribution.toAbsolutePath();
        this.directory = directory.toAbsolutePath();
        this.log = log.toAbsolutePath();
        this.port = port;
    }

    /**
     * The distribution that the build unpacked.
     *
     * @param target the build's directory
     * @throws IOException there is none; the message says how to get it
     */
    public static Path unpackedIn(Path target) throws IOException {
        Path parent = target.resolve("elasticsearch");
        if (!Files.isDirectory(parent)) {
            throw new IOException("No Elasticsearch in " + parent + ": run mvn -q -DskipTests package");
        }
        try (Stream<Path> versions = Files.list(parent)) {
            // Where an older one was left by an earlier build, the one unpacked last.
            return versions.max((a, b) ->
                            Long.compare(a.toFile().lastModified(), b.toFile().lastModified()))
                    .orElseThrow(() ->
                            new IOException("No Elasticsearch in " + parent + ": run mvn -q -DskipTests package"));
        }
    }

    @Override
    public String name() {
        return "Elasticsearch";
    }

    @Override
    public String address() {
        return setup.scheme() + "://localhost:" + port;
    }

    @Override
    public synchronized void start() throws IOException {
        if (process != null) {
            return;
        }
        // Else the other one's answer would pass for ours.
        Optional<String> other = Ports.takenBy(port);
        if (other.isPresent()) {
            throw new IOException("Elasticsearch cannot listen on port " + port + ", taken by " + other.get());
        }
        configure();
        Unprivileged user = Unprivileged.forReading(distribution, directory, Path.of(System.getProperty("java.home")));
        user.own(directory);
        process = ChildProcess.start(
                user.prefix(),
                List.of(distribution.resolve("bin/elasticsearch").toString()),
                Map.of(
                        "ES_JAVA_HOME", System.getProperty("java.home"),
                        "ES_PATH_CONF", config().toString(),
                        "ES_TMPDIR", temporary().toString(),
                        // Of the small JVM that starts the node and waits for it.
                        "CLI_JAVA_OPTS", "-Xmx32m -XX:TieredStopAtLevel=1"),
                directory,
                ProcessBuilder.Redirect.to(log.toFile()));
        awaitReady();
    }

    @Override
    public synchronized void stop() {
        if (process == null) {
            return;
        }
        process.askToStop();
        try {
            if (!process.waitFor(STOP_LIMIT)) {
                process.kill();
            }
        } catch (IOException interrupted) {
            process.kill();
        }
        process = null;
    }

    /** kill -9 of all its processes; returns when they are gone. */
    public synchronized void kill() {
        List<ProcessHandle> all = processes();
        process.kill();
        // The node's own JVM still has its port for a moment after the one that started it is gone.
        all.forEach(each -> each.onExit().join());
        process = null;
    }

    /** All its processes: the node's own JVM and those that started it. */
    public synchronized List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.command()), process.command().descendants())
                .toList();
    }

    /** Sends a signal to all its processes, such as STOP. */
    public synchronized void signal(String name) throws IOException, InterruptedException {
        for (ProcessHandle each : processes()) {
            Signal.send(name, each.pid());
        }
    }

    @Override
    public synchronized boolean running() {
        return process != null && process.running();
    }

    private void awaitReady() throws IOException {
        Instant deadline = Instant.now().plus(ChildJvm.START_TIMEOUT);
        while (!healthy()) {
            boolean ended = process.waitFor(POLL);
            if (ended || Instant.now().isAfter(deadline)) {
                String how = ended
                        ? "ended with code " + process.exitCode()
                        : "was not ready after " + ChildJvm.START_TIMEOUT.toSeconds() + " s";
                stop();
                throw new IOException(
                        "Elasticsearch " + how + ", see " + log + ":\n" + String.join("\n", Logs.lastLines(log, 15)));
            }
        }
    }

    /** Whether every index can be written and searched; a single node has no place for replicas and stays yellow. */
    private boolean healthy() throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(address() + "/_cluster/health?wait_for_status=yellow&timeout=1s"))
                .timeout(Duration.ofSeconds(5));
        if (!setup.authorization().isEmpty()) {
            request.header("Authorization", setup.authorization());
        }
        try {
            return setup.client()
                            .send(request.build(), HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.kill();
            throw new IOException("Interrupted while Elasticsearch was starting", e);
        }
    }

    private void configure() throws IOException {
        for (Path each : List.of(config(), data(), temporary(), logs())) {
            Files.createDirectories(each);
        }
        Logs.keepPrevious(log);
        Files.writeString(config().resolve("elasticsearch.yml"), """
                cluster.name: wadi
                node.name: wadi
                discovery.type: single-node
                network.host: 127.0.0.1
                http.port: %d
                transport.port: %d
                path.data: %s
                path.logs: %s
                %s
                # Watermarks are shares of the whole disk: on a laptop's that is 90 %% full no index would be opened.
                cluster.routing.allocation.disk.threshold_enabled: false
                """.formatted(
                        port, Ports.free(), quoted(data()), quoted(logs()), setup.settings()));
        Files.writeString(
                config().resolve("jvm.options"),
                """
                -Xms128m
                -Xmx512m
                -XX:-AlwaysPreTouch
                -XX:+ExitOnOutOfMemoryError
                -Djava.io.tmpdir=${ES_TMPDIR}
                20-:--add-modules=jdk.incubator.vector
                """ + (SHORT_LIVED ? "-XX:TieredStopAtLevel=1\n-XX:+UseSerialGC\n" : ""));
        Files.writeString(config().resolve("log4j2.properties"), """
                status = error
                appender.console.type = Console
                appender.console.name = console
                appender.console.layout.type = PatternLayout
                appender.console.layout.pattern = %d{ISO8601} %-5p %c{1.} %m%n
                rootLogger.level = info
                rootLogger.appenderRef.console.ref = console
                """);
    }

    private static String quoted(Path path) {
        return "'" + path.toString().replace("'", "''") + "'";
    }

    Path config() {
        return directory.resolve("config");
    }

    private Path data() {
        return directory.resolve("data");
    }

    private Path logs() {
        return directory.resolve("logs");
    }

    private Path temporary() {
        return directory.resolve("tmp");
    }
}
