package io.wadi.testing;

import io.wadi.local.LocalElasticsearch;
import io.wadi.local.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A real Elasticsearch that one test class has to itself, to do to it what the shared one must not suffer. */
public final class OwnElasticsearch implements AutoCloseable {
    private final Path directory;
    private final LocalElasticsearch server;
    private final int port;

    private OwnElasticsearch(Path directory, LocalElasticsearch server, int port) {
        this.directory = directory;
        this.server = server;
        this.port = port;
    }

    /** Starts one without security; returns when it answers. */
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

    /** {@code host:port}, as settings name it. */
    public String hosts() {
        return "localhost:" + port;
    }

    /** The URL. */
    public String url() {
        return server.address();
    }

    /** Starts it again, with the same data; returns when it answers. */
    public void restart() {
        try {
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its processes, while it runs. */
    public Stream<ProcessHandle> processes() {
        return server.processes().stream();
    }

    /** Stops it in good order. */
    public void stop() {
        server.stop();
    }

    /** kill -9. */
    public void kill() {
        server.kill();
    }

    /** Freezes it, its connections open. */
    public void freeze() throws IOException, InterruptedException {
        server.signal("STOP");
    }

    /** Lets it go on. */
    public void thaw() throws IOException, InterruptedException {
        server.signal("CONT");
    }

    @Override
    public void close() {
        server.stop();
        TestServers.delete(directory);
    }
}
