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

/** Kafka, HDFS and Elasticsearch on this machine, started at the same time and stopped one after the other. */
public final class LocalServers implements AutoCloseable {

    /** Is told how far the servers are. Called from several threads, one call at a time for each server. */
    public interface Progress {
        /** The server answers, this long after its start began. */
        void ready(LocalServer server, Duration took);

        /** The server has stopped, this long after it was asked to. */
        void stopped(LocalServer server, Duration took);

        /** A progress nobody looks at. */
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
     * Servers that are not started yet.
     *
     * @param data keeps all their data; started again with the same directory they go on where they stopped
     * @param distribution Elasticsearch's, see {@link LocalElasticsearch#unpackedIn}
     */
    public LocalServers(Path data, Path distribution, ServerPorts ports, Progress progress) {
        this(data, distribution, ports, progress, Map.of());
    }

    /** The same with settings of the broker that differ. */
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
     * Starts all three and returns once all answer.
     *
     * @throws IOException one did not come up; the others have been stopped again
     */
    public void start() throws IOException {
        try {
            // Elasticsearch first: it takes longest, and another process to start.
            startAll(all(), progress);
        } catch (IOException e) {
            stop();
            throw e;
        }
    }

    /**
     * Starts servers at the same time and returns once all answer.
     *
     * @throws IOException one did not come up; others may run
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

    /** Stops Elasticsearch, HDFS and Kafka in this order, each once the one before has stopped. */
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

    /** One that should run and does not. */
    public Optional<LocalServer> dead() {
        return all().stream().filter(server -> !server.running()).findFirst();
    }

    /** Where the servers are. */
    public ServerPorts ports() {
        return ports;
    }

    /** The broker. */
    public LocalKafka kafka() {
        return kafka;
    }

    /** NameNode and DataNode. */
    public LocalHdfs hdfs() {
        return hdfs;
    }

    /** The node. */
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
