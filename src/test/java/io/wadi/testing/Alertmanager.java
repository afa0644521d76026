package io.wadi.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.local.ChildProcess;
import io.wadi.local.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An Alertmanager process of one test, from the program on the PATH; nothing is downloaded. */
public final class Alertmanager implements AutoCloseable {
    /** The reason why tests are skipped if no Alertmanager is installed. */
    public static final String MISSING =
            "Skipped: no Alertmanager on the PATH. On Debian and Ubuntu:" + " apt-get install prometheus-alertmanager";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Path directory;
    private final Path program;
    private final int port = Ports.free();
    private ChildProcess process;

    private Alertmanager(Path directory, Path program) {
        this.directory = directory;
        this.program = program;
    }

    /**
     * Starts Alertmanager and returns when it is ready. Returns empty, and prints the reason, if none is installed.
     *
     * @param directory the directory for its files
     * @param configuration the content of its alertmanager.yml
     */
    public static Optional<Alertmanager> start(Path directory, String configuration) throws IOException {
        Optional<Path> program = Stream.of("prometheus-alertmanager", "alertmanager")
                .flatMap(name -> Program.find(name).stream())
                .findFirst();
        if (program.isEmpty()) {
            System.err.println(MISSING);
            return Optional.empty();
        }
        Files.writeString(directory.resolve("alertmanager.yml"), configuration);
        Alertmanager started = new Alertmanager(directory, program.get());
        started.start();
        return Optional.of(started);
    }

    /** Starts the process, also again after {@link #kill}; returns when it is ready. */
    public void start() throws IOException {
        Path log = directory.resolve("alertmanager.log");
        process = ChildProcess.start(
                List.of(
                        program.toString(),
                        "--config.file=" + directory.resolve("alertmanager.yml").toAbsolutePath(),
                        "--storage.path=" + directory.resolve("alertmanager").toAbsolutePath(),
                        "--web.listen-address=127.0.0.1:" + port,
                        "--cluster.listen-address="),
                directory,
                log);
        process.awaitReady("Alertmanager", log, () -> get("/-/ready").statusCode() == 200);
    }

    /** Returns the URL of the API. */
    public String url() {
        return "http://localhost:" + port;
    }

    /** Returns the active alerts, as the API returns them. */
    public List<JsonNode> alerts() {
        try {
            List<JsonNode> alerts = new ArrayList<>();
            JSON.readTree(get("/api/v2/alerts").body()).forEach(alerts::add);
            return alerts;
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(URI.create(url() + path))
                        .timeout(Duration.ofMinutes(2))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** Ends the process with SIGKILL; its alerts are lost. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        kill();
    }
}
