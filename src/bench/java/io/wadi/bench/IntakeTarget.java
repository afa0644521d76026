package io.wadi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.local.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** A subject that accepts events into its own topic, for one round. */
final class IntakeTarget implements AutoCloseable {
    private static final int OK = 200;

    /** Maximum number of ids, which is more than a round can send. */
    private static final int MAX_IDS = 32_000_000;

    private final IntakeSubject subject;
    private final BenchTopic topic;
    private final ServerProcess process;
    private final int port;
    private int probes;

    private IntakeTarget(IntakeSubject subject, BenchTopic topic, ServerProcess process, int port) {
        this.subject = subject;
        this.topic = topic;
        this.process = process;
        this.port = port;
    }

    /** Starts a subject; returns when it has accepted its first event. */
    static IntakeTarget start(
            BenchHome home, IntakeOptions options, String brokers, IntakeSubject subject, String round, boolean schema)
            throws IOException, InterruptedException, ExecutionException {
        BenchTopic topic = BenchTopic.create(brokers, round);
        int port = Ports.free();
        Map<String, String> environment = Map.of(
                "WADI_KAFKA_BROKERS", brokers,
                "WADI_HTTP_PORT", Integer.toString(port),
                "WADI_MANAGEMENT_PORT", Integer.toString(Ports.free()),
                "WADI_TELEMETRY_ENABLED", Boolean.toString(subject != IntakeSubject.UNOBSERVED));
        ServerProcess process = ServerProcess.start(
                home,
                round,
                arguments(home, jar(home, options, subject), brokers, subject, round, topic, port, schema),
                environment);
        IntakeTarget target = new IntakeTarget(subject, topic, process, port);
        try {
            process.await(subject == IntakeSubject.PRODUCER ? () -> topic.records() > 0 : target.firstEvent());
            return target;
        } catch (IOException | InterruptedException e) {
            target.close();
            throw e;
        }
    }

    private static Path jar(BenchHome home, IntakeOptions options, IntakeSubject subject) throws IOException {
        return subject == IntakeSubject.OTHER ? BenchHome.otherJar(options.otherJar()) : home.jar();
    }

    /** Returns the arguments after Java's flags in the subject's command. */
    private static List<String> arguments(
            BenchHome home,
            Path jar,
            String brokers,
            IntakeSubject subject,
            String round,
            BenchTopic topic,
            int port,
            boolean schema)
            throws IOException {
        String listening = Integer.toString(port);
        return switch (subject) {
            case WADI, UNOBSERVED, OTHER ->
                List.of(
                        "-jar",
                        jar.toString(),
                        "--config",
                        configuration(home, round, topic.declaration(schema ? "{schema: bench.json}" : "true")));
            case DEDUPLICATED ->
                List.of(
                        "-XX:MaxDirectMemorySize=4g",
                        "-jar",
                        jar.toString(),
                        "--config",
                        configuration(
                                home,
                                round,
                                topic.declaration("{over: [events]}, deduplicate: {within: 10m, id: /id}")));
            case BARE -> main(home, "own", "io.wadi.bench.subject.BareIntake", brokers, topic.name(), listening);
            case CAREFUL,
                    CAREFUL_WITHOUT_KEYS,
                    CAREFUL_WITHOUT_RATES,
                    CAREFUL_WITHOUT_LIMITS,
                    CAREFUL_WITHOUT_SCHEMA,
                    CAREFUL_WITHOUT_COUNTERS -> {
                List<String> given = new ArrayList<>(List.of(brokers, topic.name(), listening, Requests.keyHash()));
                given.addAll(subject.features(schema));
                yield main(home, "own", "io.wadi.bench.subject.CarefulIntake", given.toArray(String[]::new));
            }
            case SPRING -> main(home, "spring", "io.wadi.bench.spring.SpringIntake", brokers, listening);
            case PRODUCER -> {
                String events = events(home).toString();
                yield main(home, "own", "io.wadi.bench.subject.FillingProducer", brokers, topic.name(), events);
            }
        };
    }

    private static List<String> main(BenchHome home, String module, String main, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of("-cp", home.classPath(module, home.jar()), main));
        command.addAll(List.of(arguments));
        return command;
    }

    /**
     * Creates Wadi's shipped configuration with the routes for requests, keys, rates and the round's topic; returns its
     * directory.
     */
    static String configuration(BenchHome home, String round, String topic) throws IOException {
        Path directory = home.ofRound(round, ".config");
        home.copyConfiguration(shipped(home), directory);
        Files.writeString(directory.resolve("topics.yaml"), topic, UTF_8, StandardOpenOption.APPEND);
        Files.writeString(directory.resolve("bench.json"), Requests.SCHEMA);
        Path keys = Files.writeString(directory.resolve("keys.yaml"), Requests.keys());
        Files.writeString(
                directory.resolve("application.properties"),
                "\nwadi.ingest.keys-file=%s\nwadi.ingest.rate=10000000\nwadi.deduplication.max-ids=%d\n"
                        .formatted(keys, MAX_IDS),
                UTF_8,
                StandardOpenOption.APPEND);
        return directory.toString();
    }

    /** Returns the names of the shipped files that are needed to accept requests. */
    static List<String> shipped(BenchHome home) throws IOException {
        List<String> names =
                new ArrayList<>(List.of("application.properties", "topics.yaml", "routes/errors.camel.yaml"));
        try (Stream<Path> routes = Files.list(home.project().resolve("routes"))) {
            for (Path each : routes.toList()) {
                if (Files.readString(each).contains("platform-http:")) {
                    names.add("routes/" + each.getFileName());
                }
            }
        }
        return names;
    }

    /** Returns the file with the events of the producer, one per line. */
    static Path events(BenchHome home) {
        return home.work().resolve("events");
    }

    private ServerProcess.Attempt firstEvent() {
        HttpClient http = HttpClient.newHttpClient();
        byte[] event = (subject == IntakeSubject.DEDUPLICATED ? Requests.eventsWithId() : Requests.events()).get(0);
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:%d/events/%s".formatted(port, topic.name())))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofSeconds(10))
                .header("Authorization", Requests.AUTHORIZATION)
                .POST(HttpRequest.BodyPublishers.ofByteArray(event))
                .build();
        return () -> {
            probes++;
            try {
                return http.send(request, HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == OK;
            } catch (IOException notThereYet) {
                return false;
            }
        };
    }

    IntakeSubject subject() {
        return subject;
    }

    BenchTopic topic() {
        return topic;
    }

    ServerProcess process() {
        return process;
    }

    /** Returns the port of the subject. */
    int port() {
        return port;
    }

    /**
     * Checks that the topic has all acknowledged events, and no more than were sent.
     *
     * @param acknowledged acknowledged events, without the first
     * @param unknown sent events without a response
     */
    void check(long acknowledged, long unknown) throws IOException {
        if (subject == IntakeSubject.DEDUPLICATED) {
            topic.checkCommitted(acknowledged + 1, unknown + probes - 1);
        } else {
            topic.check(acknowledged + 1, unknown + probes - 1);
        }
    }

    @Override
    public void close() {
        process.close();
        topic.close();
    }
}
