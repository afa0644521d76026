package io.wadi.ingest.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.wadi.kafka.Causes;
import io.wadi.runtime.config.Authorities;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Version;
import io.wadi.runtime.watch.WatchedValue;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * A schema registry with the REST API of Confluent's, which Apicurio's and Karapace's have too. It is only read: schemas are
 * registered by those who own them. For many threads.
 */
public final class SchemaRegistry {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WITHIN = Duration.ofSeconds(10);
    /** For so long nobody else waits for a registry that has just not answered. */
    private static final Duration AWAY = Duration.ofSeconds(3);

    private static final int OK = 200;
    private static final int LONGEST_SAID = 300;

    private final Options options;
    private final SSLContext tls;
    private HttpClient http;
    private volatile Failure last;

    /**
     * Where it is, and who asks.
     *
     * @param url where its paths begin, such as {@code http://registry:8081}
     * @param user by basic authentication; empty for nobody
     * @param caFile the authority's certificates (PEM) that its own is checked with; empty for those of the JDK
     */
    public record Options(String url, String user, String password, String caFile) {
        /** Says what cannot be together. */
        public Options {
            if (user.isEmpty() != password.isEmpty()) {
                throw new IllegalArgumentException(
                        "wadi.schema-registry.user and wadi.schema-registry.password: one is set, allowed are both or none");
            }
        }

        /** Says nothing of secrets. */
        @Override
        public String toString() {
            return "the schema registry at " + url;
        }
    }

    private record Failure(String why, long at) {
        boolean isRecent() {
            return System.nanoTime() - at < AWAY.toNanos();
        }
    }

    /**
     * Reads the certificates; connects to nothing.
     *
     * @throws IllegalArgumentException where they cannot be read; the message says all
     */
    public SchemaRegistry(Options options) {
        this.options = options;
        this.tls = options.caFile().isEmpty()
                ? null
                : Authorities.trusting("wadi.schema-registry.ca-file", options.caFile());
    }

    /**
     * The registry that the settings {@code wadi.schema-registry.*} describe; empty where none is set.
     *
     * @throws SettingsException where they cannot be used
     */
    public static Optional<SchemaRegistry> of(Settings settings) {
        String url = settings.get(SchemaRegistrySettings.URL);
        try {
            Options options = new Options(
                    url,
                    settings.get(SchemaRegistrySettings.USER),
                    settings.get(SchemaRegistrySettings.PASSWORD),
                    settings.get(SchemaRegistrySettings.CA_FILE));
            return url.isEmpty() ? Optional.empty() : Optional.of(new SchemaRegistry(options));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(e.getMessage()));
        }
    }

    /** The latest version of a subject's schema, to be looked at again and again; null until it is known. */
    public WatchedValue<RegisteredSchema> latest(String subject) {
        return WatchedValue.beginningWith(
                null,
                "the schema of %s at %s".formatted(subject, options.url()),
                () -> read(subject),
                RegisteredSchema::parse);
    }

    /** The registry's answers as an array: for the schemas referred to, each behind those it refers to itself, and the one meant. */
    private byte[] read(String subject) throws IOException, InterruptedException {
        ArrayNode answers = JSON.createArrayNode();
        add(answers, new HashSet<>(), subject, "latest");
        return JSON.writeValueAsBytes(answers);
    }

    private void add(ArrayNode answers, Set<String> seen, String subject, String version)
            throws IOException, InterruptedException {
        String path = "/subjects/%s/versions/%s"
                .formatted(URLEncoder.encode(subject, UTF_8).replace("+", "%20"), version);
        if (!seen.add(path)) {
            return;
        }
        JsonNode answer = JSON.readTree(ask(path));
        for (JsonNode reference : answer.path("references")) {
            add(
                    answers,
                    seen,
                    reference.path("subject").asText(),
                    reference.path("version").asText());
        }
        answers.add(answer);
    }

    private byte[] ask(String path) throws IOException, InterruptedException {
        Failure failure = last;
        if (failure != null && failure.isRecent()) {
            throw new IOException(failure.why());
        }
        String address = options.url().replaceFirst("/+$", "") + path;
        CompletableFuture<HttpResponse<byte[]>> asked =
                http().sendAsync(request(address), HttpResponse.BodyHandlers.ofByteArray());
        HttpResponse<byte[]> answer;
        try {
            // The request's own timeout ends with the answer's head, and its body may hang, too.
            answer = asked.get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw away("%s has not answered within %d s".formatted(address, WITHIN.toSeconds()), e);
        } catch (ExecutionException e) {
            throw away("%s: %s".formatted(address, Causes.inShort(e)), e);
        } finally {
            asked.cancel(true);
        }
        if (answer.statusCode() != OK) {
            String said = new String(answer.body(), UTF_8).strip();
            throw new IOException("%d of %s: %s"
                    .formatted(answer.statusCode(), address, said.substring(0, Math.min(LONGEST_SAID, said.length()))));
        }
        return answer.body();
    }

    private IOException away(String why, Exception cause) {
        last = new Failure(why, System.nanoTime());
        return new IOException(why, cause);
    }

    private HttpRequest request(String address) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address))
                .header("Accept", "application/vnd.schemaregistry.v1+json, application/json")
                .header("User-Agent", "Wadi/" + Version.CURRENT);
        if (!options.user().isEmpty()) {
            byte[] credentials = (options.user() + ":" + options.password()).getBytes(UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(credentials));
        }
        return request.build();
    }

    /** Made with the first request: it has threads. A redirection is not followed, so that no password goes elsewhere. */
    private synchronized HttpClient http() {
        if (http == null) {
            HttpClient.Builder builder =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(WITHIN);
            http = (tls == null ? builder : builder.sslContext(tls)).build();
        }
        return http;
    }
}
