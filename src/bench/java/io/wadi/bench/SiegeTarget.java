package io.wadi.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.bench.siege.LoopProbe;
import io.wadi.bench.siege.Target;
import io.wadi.local.Ports;
import io.wadi.management.access.PasswordHash;
import io.wadi.testing.Certificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The attacked process: Wadi as shipped with its ingest routes, -Xmx512m, and the probe of its event loops. Its topics
 * accept all clients; keys, tokens and logins are configured, so that invalid ones can be rejected.
 */
final class SiegeTarget implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final int OK = 200;

    /** A counter of ingest in the metrics: name with labels, and value. */
    private static final Pattern COUNTER =
            Pattern.compile("(?m)^(wadi_(?:intake|ingest)_\\w*_total(?:\\{[^}]*})?) ([0-9.E+]+)$");

    private final ServerProcess process;
    private final Target target;
    private final Path figures;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(ANSWER_WITHIN).build();

    private SiegeTarget(ServerProcess process, Target target, Path figures) {
        this.process = process;
        this.target = target;
        this.figures = figures;
    }

    /**
     * Starts the process; returns when it is ready.
     *
     * @param collectEvery seconds between the full collections after which the heap is measured
     */
    static SiegeTarget start(
            BenchHome home, String brokers, BenchTopic topic, SiegePort port, String round, long collectEvery)
            throws IOException, InterruptedException, GeneralSecurityException {
        Target target = new Target(Ports.free(), port.hasTls(), Ports.free(), topic.name());
        Path figures = home.ofRound(round, ".loops");
        Path directory = configuration(home, round, topic, target, port);
        ServerProcess process = ServerProcess.start(
                home,
                round,
                home.java(round, "512m"),
                List.of(
                        "-javaagent:%s=%s,%d".formatted(probe(home), figures, collectEvery),
                        "-jar",
                        home.jar().toString(),
                        "--config",
                        directory.toString()),
                Map.of(
                        "WADI_KAFKA_BROKERS",
                        brokers,
                        "WADI_HTTP_HOST",
                        "127.0.0.1",
                        "WADI_HTTP_PORT",
                        Integer.toString(target.port()),
                        "WADI_MANAGEMENT_PORT",
                        Integer.toString(target.managementPort())));
        SiegeTarget started = new SiegeTarget(process, target, figures);
        try {
            process.await(() -> started.answers("/observe/health/ready"));
            return started;
        } catch (IOException | InterruptedException e) {
            started.close();
            throw e;
        }
    }

    private static Path configuration(BenchHome home, String round, BenchTopic topic, Target target, SiegePort port)
            throws IOException, InterruptedException, GeneralSecurityException {
        Path directory = home.ofRound(round, ".config");
        home.copyConfiguration(IntakeTarget.shipped(home), directory);
        append(
                directory.resolve("topics.yaml"),
                topic.declaration("{over: [select, pixel, events, topics], keys: [anyone]}")
                        + deduplicated(target.deduplicatedTopic()));
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("wadi.web-events.topic", topic.name());
        settings.put("wadi.pixel.topic", topic.name());
        settings.put("wadi.ingest.keys-file", file(directory, "keys.yaml", Requests.keys()));
        settings.put("wadi.ingest.jwt-jwks", file(directory, "jwks.json", keySet()));
        settings.put("wadi.ingest.jwt-issuer", "siege");
        String users =
                "users:\n  - {name: otto, role: operate, bcrypt: \"%s\"}\n".formatted(PasswordHash.of(password()));
        settings.put("wadi.management.users-file", file(directory, "users.yaml", users));
        if (port.hasTls()) {
            Certificate certificate = Certificate.make(directory, "siege", "EC");
            settings.put("wadi.http.tls-certificate", file(directory, "certificate.pem", certificate.pem()));
            settings.put("wadi.http.tls-key", file(directory, "key.pem", certificate.keyPem()));
        }
        StringBuilder lines = new StringBuilder("\n");
        settings.forEach(
                (name, value) -> lines.append(name).append('=').append(value).append('\n'));
        append(directory.resolve("application.properties"), lines.toString());
        return directory;
    }

    private static String deduplicated(String topic) {
        return "  - {name: %s, partitions: %d, replication: 1, ingest: {over: [events], keys: [anyone]}, deduplicate: {within: 10m}}\n"
                .formatted(topic, BenchTopic.PARTITIONS);
    }

    private static char[] password() {
        return "unknown to attackers".toCharArray();
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, UTF_8, StandardOpenOption.APPEND);
    }

    private static String file(Path directory, String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    /** Returns the issuer's keys. Forged tokens name one of them, so that their signatures must be verified. */
    private static String keySet() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2_048);
        RSAPublicKey key = (RSAPublicKey) generator.generateKeyPair().getPublic();
        Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
        byte[] modulus = key.getModulus().toByteArray();
        return "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"siege\",\"use\":\"sig\",\"alg\":\"RS256\",\"n\":\"%s\",\"e\":\"%s\"}]}"
                .formatted(
                        base64.encodeToString(java.util.Arrays.copyOfRange(modulus, 1, modulus.length)),
                        base64.encodeToString(key.getPublicExponent().toByteArray()));
    }

    /** Creates the agent's jar from its classes. */
    private static Path probe(BenchHome home) throws IOException {
        Path jar = home.work().resolve("probe.jar");
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Premain-Class"), LoopProbe.class.getName());
        List<Class<?>> classes = new ArrayList<>(List.of(LoopProbe.class));
        classes.addAll(List.of(LoopProbe.class.getDeclaredClasses()));
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            for (Class<?> each : classes) {
                String name = each.getName().replace('.', '/') + ".class";
                out.putNextEntry(new JarEntry(name));
                try (InputStream in = each.getClassLoader().getResourceAsStream(name)) {
                    in.transferTo(out);
                }
            }
        }
        return jar;
    }

    ServerProcess process() {
        return process;
    }

    Target target() {
        return target;
    }

    /** Returns the probe's measurements between two times, in milliseconds since 1970. */
    LoopFigures loops(long begin, long end) throws IOException {
        return LoopFigures.read(figures, begin, end);
    }

    /** Returns whether the response to a path of the management port has status 200. */
    boolean answers(String path) throws InterruptedException {
        try {
            return get(path).statusCode() == OK;
        } catch (IOException noAnswer) {
            return false;
        }
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        URI uri = URI.create("http://localhost:%d%s".formatted(target.managementPort(), path));
        return http.send(
                HttpRequest.newBuilder(uri).timeout(ANSWER_WITHIN).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Returns the counters of ingest; empty if the process does not respond. */
    Map<String, Double> counters() throws InterruptedException {
        Map<String, Double> counters = new TreeMap<>();
        try {
            Matcher found = COUNTER.matcher(get("/observe/metrics").body());
            while (found.find()) {
                counters.put(found.group(1), Double.parseDouble(found.group(2)));
            }
        } catch (IOException noAnswer) {
            counters.clear();
        }
        return counters;
    }

    @Override
    public void close() {
        process.close();
    }
}
