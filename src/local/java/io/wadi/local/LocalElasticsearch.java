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
 * Elasticsearch's distribution as a child process: one node with 512 MiB of heap on 127.0.0.1, without security by
 * default. It never runs as root and does not outlive this JVM.
 */
public final class LocalElasticsearch implements LocalServer {
    /**
     * Whether nodes run for a test only and then use the C1 compiler, which more than halves the CPU time of a start
     * (21.8 to 9.9 s, measured on two busy cores).
     */
    private static final boolean SHORT_LIVED = Boolean.getBoolean("test.servers.short-lived");

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration POLL = Duration.ofMillis(100);
    private final Path distribution;
    private final Path directory;
    private final Path log;
    private final int port;
    private final Setup setup;
    private ChildProcess process;

    /**
     * The configuration of a node.
     *
     * @param settings lines of {@code elasticsearch.yml}
     * @param scheme {@code http} or {@code https}
     * @param client the client of readiness checks
     * @param authorization the value of the {@code Authorization} header; empty for none
     */
    public record Setup(String settings, String scheme, HttpClient client, String authorization) {
        /** Returns the default configuration with additional settings. */
        public static Setup with(String settings) {
            HttpClient client = HttpClient.newBuilder()
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();
            return new Setup(settings, "http", client, "");
        }
    }

    /**
     * Creates a node without starting it.
     *
     * @param distribution the unpacked distribution, which is only read
     * @param directory the directory for configuration and data, created by the first start
     * @param log the file for the node's output; that of the previous start is renamed with the suffix {@code .1}
     * @param port the HTTP port
     */
    public LocalElasticsearch(Path distribution, Path directory, Path log, int port) {
        this(distribution, directory, log, port, Setup.with("xpack.security.enabled: false"));
    }

    /** Creates a node with a configuration, without starting it. */
    public LocalElasticsearch(Path distribution, Path directory, Path log, int port, Setup setup) {
        this.setup = setup;
        this.distribution = distribution.toAbsolutePath();
        this.directory = directory.toAbsolutePath();
        this.log = log.toAbsolutePath();
        this.port = port;
    }

    /**
     * Returns the distribution that the build has unpacked.
     *
     * @param target the build's directory
     * @throws IOException if there is none; the message contains the command that unpacks it
     */
    public static Path unpackedIn(Path target) throws IOException {
        Path parent = target.resolve("elasticsearch");
        if (!Files.isDirectory(parent)) {
            throw new IOException("No Elasticsearch in " + parent + ": run mvn -q -DskipTests package");
        }
        try (Stream<Path> versions = Files.list(parent)) {
            // An earlier build may have left an older version.
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
        // Otherwise the response of another server would count as ready.
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
                        // For the small JVM that starts the node.
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
        process.requestStop();
        try {
            if (!process.waitFor(STOP_TIMEOUT)) {
                process.kill();
            }
        } catch (IOException interrupted) {
            process.kill();
        }
        process = null;
    }

    /** Kills all processes with SIGKILL; returns when they have ended. */
    public synchronized void kill() {
        List<ProcessHandle> all = processes();
        process.kill();
        // The node's JVM holds its port for a moment after its parent has ended.
        all.forEach(each -> each.onExit().join());
        process = null;
    }

    /** Returns the node's JVM and its parent processes. */
    public synchronized List<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.command()), process.command().descendants())
                .toList();
    }

    /** Sends a signal such as STOP to all processes. */
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

    /**
     * Returns whether every index can be written and searched; a single node stays yellow, since replicas are
     * unassigned.
     */
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
                # A web page in a browser cannot change indices: a request with another site's Origin gets 403.
                http.cors.enabled: true
                transport.port: %d
                path.data: %s
                path.logs: %s
                %s
                # Watermarks are shares of the whole disk: on a disk that is 90 %% full no index would be opened.
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
