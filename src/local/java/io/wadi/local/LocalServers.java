package io.wadi.local;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Kafka, HDFS and Elasticsearch on this machine, started concurrently and stopped one after another. */
public final class LocalServers implements AutoCloseable {

    /** Receives the progress of starts and stops. Called by several threads, one call at a time for each server. */
    public interface Progress {
        /** Called when a server is ready, with the duration of its start. */
        void ready(LocalServer server, Duration took);

        /** Called when a server has stopped, with the duration of its stop. */
        void stopped(LocalServer server, Duration took);

        /** Ignores the progress. */
        Progress NONE = new Progress() {
            @Override
            public void ready(LocalServer server, Duration took) {}

            @Override
            public void stopped(LocalServer server, Duration took) {}
        };
    }

    private final ServerPorts ports;
    private final LocalKafka kafka;
    private final LocalHdfs hdfs;
    private final LocalElasticsearch elasticsearch;
    private final Progress progress;

    /**
     * Creates servers without starting them.
     *
     * @param data the data directory, kept across restarts
     * @param distribution Elasticsearch's distribution, see {@link LocalElasticsearch#unpackedIn}
     */
    public LocalServers(Path data, Path distribution, ServerPorts ports, Progress progress) {
        this(data, distribution, ports, progress, Map.of());
    }

    /** Creates servers with additional settings of the broker. */
    public LocalServers(
            Path data, Path distribution, ServerPorts ports, Progress progress, Map<String, String> broker) {
        this.ports = ports;
        this.progress = progress;
        this.kafka = new LocalKafka(data.resolve("kafka"), ports.kafka(), broker, List.of());
        this.hdfs = new LocalHdfs(data.resolve("hdfs"), ports.hdfs(), ports.hdfsWeb());
        this.elasticsearch = new LocalElasticsearch(
                distribution,
                data.resolve("elasticsearch"),
                data.resolve("logs/elasticsearch.log"),
                ports.elasticsearch());
    }

    /**
     * Starts all three servers and returns when all are ready.
     *
     * @throws IOException if one did not start; the others are stopped
     */
    public void start() throws IOException {
        try {
            // Elasticsearch comes first, since its start takes longest.
            startAll(all(), progress);
        } catch (IOException e) {
            stop();
            throw e;
        }
    }

    /**
     * Starts servers concurrently and returns when all are ready.
     *
     * @throws IOException if one did not start; others may run
     */
    public static void startAll(List<LocalServer> servers, Progress progress) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(servers.size());
        try {
            List<CompletableFuture<Void>> starting = servers.stream()
                    .map(server -> CompletableFuture.runAsync(() -> start(server, progress), threads))
                    .toList();
            CompletableFuture.allOf(starting.toArray(CompletableFuture<?>[]::new))
                    .join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() instanceof CompletionException inner ? inner.getCause() : e.getCause();
            throw new IOException(cause.getMessage(), cause);
        } finally {
            threads.shutdown();
        }
    }

    /** Stops Elasticsearch, HDFS and Kafka, one after another. */
    public void stop() {
        for (LocalServer server : all()) {
            Instant begin = Instant.now();
            boolean ran = server.running();
            server.stop();
            if (ran) {
                progress.stopped(server, Duration.between(begin, Instant.now()));
            }
        }
    }

    @Override
    public void close() {
        stop();
    }

    /** Returns a server that has crashed. */
    public Optional<LocalServer> dead() {
        return all().stream().filter(server -> !server.running()).findFirst();
    }

    public ServerPorts ports() {
        return ports;
    }

    public LocalKafka kafka() {
        return kafka;
    }

    public LocalHdfs hdfs() {
        return hdfs;
    }

    public LocalElasticsearch elasticsearch() {
        return elasticsearch;
    }

    private List<LocalServer> all() {
        return List.of(elasticsearch, hdfs, kafka);
    }

    private static void start(LocalServer server, Progress progress) {
        Instant begin = Instant.now();
        try {
            server.start();
        } catch (IOException e) {
            throw new CompletionException(e);
        }
        progress.ready(server, Duration.between(begin, Instant.now()));
    }
}
