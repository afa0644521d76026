package io.wadi.testing;

import io.wadi.local.LocalElasticsearch;
import io.wadi.local.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** An Elasticsearch node of one test class, for failures that the shared node must not have. */
public final class OwnElasticsearch implements AutoCloseable {
    private final Path directory;
    private final LocalElasticsearch server;
    private final int port;

    private OwnElasticsearch(Path directory, LocalElasticsearch server, int port) {
        this.directory = directory;
        this.server = server;
        this.port = port;
    }

    /** Starts a node without security; returns when it responds. */
    public static OwnElasticsearch start(String... settings) throws IOException {
        return start(
                TestServers.newDirectory("elasticsearch"),
                LocalElasticsearch.Setup.with("xpack.security.enabled: false\n" + String.join("\n", settings)));
    }

    static OwnElasticsearch start(Path directory, LocalElasticsearch.Setup setup) throws IOException {
        int port = Ports.free();
        LocalElasticsearch server = new LocalElasticsearch(
                LocalElasticsearch.unpackedIn(Path.of("target")),
                directory,
                directory.resolve("elasticsearch.log"),
                port,
                setup);
        OwnElasticsearch own = new OwnElasticsearch(directory, server, port);
        own.restart();
        return own;
    }

    /** Returns {@code host:port}, the form that settings use. */
    public String hosts() {
        return "localhost:" + port;
    }

    /** Returns the URL. */
    public String url() {
        return server.address();
    }

    /** Starts the node again with the same data; returns when it responds. */
    public void restart() {
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the running processes of the node. */
    public Stream<ProcessHandle> processes() {
        return server.processes().stream();
    }

    /** Stops the node gracefully. */
    public void stop() {
        server.stop();
    }

    /** Ends the node with SIGKILL. */
    public void kill() {
        server.kill();
    }

    /** Freezes the node (SIGSTOP); its connections stay open. */
    public void freeze() throws IOException, InterruptedException {
        server.signal("STOP");
    }

    /** Resumes the frozen node (SIGCONT). */
    public void thaw() throws IOException, InterruptedException {
        server.signal("CONT");
    }

    @Override
    public void close() {
        server.stop();
        TestServers.delete(directory);
    }
}
