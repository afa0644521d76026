package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.local.ChildJvm;
import io.wadi.local.ChildProcess;
import io.wadi.local.Ports;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A schema registry of one test class: Apicurio with Confluent's REST API, which keeps everything in memory. The build
 * unpacks it below {@code target}.
 */
public final class OwnSchemaRegistry implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DISTRIBUTION = Path.of("target", "schema-registry");

    private final Path directory;
    private final int port;
    private ChildProcess process;

    private OwnSchemaRegistry(Path directory, int port) {
        this.directory = directory;
        this.port = port;
    }

    /** Creates a registry that is not started yet. */
    public static OwnSchemaRegistry notStarted() throws IOException {
        return new OwnSchemaRegistry(TestServers.newDirectory("schema-registry"), Ports.free());
    }

    /** Starts an empty registry; returns when it responds. */
    public OwnSchemaRegistry start() throws IOException {
        Path log = directory.resolve("log");
        process = ChildProcess.start(
                List.of(
                        ChildJvm.java(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx192m",
                        "-Dquarkus.http.host=127.0.0.1",
                        "-Dquarkus.http.port=" + port,
                        "-jar",
                        jar().toAbsolutePath().toString()),
                directory,
                log);
        process.awaitReady(
                "The schema registry", log, () -> Http.get(url() + "/subjects").statusCode() == 200);
        return this;
    }

    private static Path jar() throws IOException {
        if (Files.isDirectory(DISTRIBUTION)) {
            try (Stream<Path> files = Files.list(DISTRIBUTION)) {
                return files.filter(file -> file.toString().endsWith("-runner.jar"))
                        .findFirst()
                        .orElseThrow();
            }
        }
        throw new IOException("No schema registry in " + DISTRIBUTION + ": run mvn -q test-compile");
    }

    /** Returns the base URL of the API. */
    public String url() {
        return "http://localhost:%d/apis/ccompat/v7".formatted(port);
    }

    /**
     * Registers a schema as the next version of a subject.
     *
     * @param references the full names of referenced schemas, with the subjects that define them as version 1
     * @return the schema's id
     */
    public int register(String subject, String schema, Map<String, String> references)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("schema", schema);
        ArrayNode list = body.putArray("references");
        references.forEach((name, of) ->
                list.addObject().put("name", name).put("subject", of).put("version", 1));
        return answer(Http.post(
                        url() + "/subjects/" + subject + "/versions",
                        body.toString().getBytes(UTF_8),
                        "Content-Type",
                        "application/vnd.schemaregistry.v1+json"))
                .path("id")
                .asInt();
    }

    /** Returns the schema with an id, with the request that readers of a record send. */
    public String schema(int id) throws IOException, InterruptedException {
        return answer(Http.get(url() + "/schemas/ids/" + id)).path("schema").asText();
    }

    private static JsonNode answer(HttpResponse<String> answer) throws IOException {
        if (answer.statusCode() != 200) {
            throw new IOException(answer.statusCode() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    /** Ends the process with SIGKILL. */
    public void kill() {
        process.kill();
    }

    @Override
    public void close() {
        if (process != null) {
            kill();
        }
    }
}
