package io.wadi.ingest.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.wadi.runtime.config.Authorities;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.http.BoundedHttpClient;
import io.wadi.runtime.http.HttpExchangeException;
import io.wadi.runtime.watch.WatchedValue;
import java.io.IOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A read-only client of a schema registry with Confluent's REST API, which Apicurio and Karapace also implement.
 * Thread-safe.
 */
public final class SchemaRegistry {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** The time after a failure during which requests fail immediately instead of waiting for the registry again. */
    private static final Duration FAILURE_TTL = Duration.ofSeconds(3);
    /** The same for the request that failed: longer than the interval of retries, so that others are sent first. */
    private static final Duration SAME_FAILURE_TTL = Duration.ofSeconds(8);

    private static final int MAX_BYTES = 8 << 20;

    private final Options options;
    private final BoundedHttpClient http;
    private volatile Failure lastFailure;

    /**
     * The connection to the registry.
     *
     * @param url the base URL, such as {@code http://registry:8081}
     * @param user the user for basic authentication; empty for no authentication
     * @param password the password of the user; empty for no authentication
     * @param caFile the PEM file with the certificate authorities of the registry; empty for those of the JDK
     */
    public record Options(String url, String user, String password, String caFile) {
        /** Returns the URL without credentials. */
        @Override
        public String toString() {
            return "the schema registry at " + BoundedHttpClient.withoutSecrets(url);
        }
    }

    private record Failure(String path, String why, long at) {
        boolean isRecent(String requested) {
            Duration ttl = requested.equals(path) ? SAME_FAILURE_TTL : FAILURE_TTL;
            return System.nanoTime() - at < ttl.toNanos();
        }
    }

    /**
     * Creates a client: reads the certificate authorities, without connecting.
     *
     * @throws IllegalArgumentException if the file cannot be read
     */
    public SchemaRegistry(Options options) {
        this.options = options;
        this.http = new BoundedHttpClient(
                TIMEOUT,
                MAX_BYTES,
                BoundedHttpClient.basic(options.user(), options.password()),
                Authorities.trusting("wadi.schema-registry.ca-file", options.caFile()));
    }

    /**
     * Returns the registry of the settings {@code wadi.schema-registry.*}; empty if no URL is set.
     *
     * @throws SettingsException if the settings are invalid
     */
    public static Optional<SchemaRegistry> of(Settings settings) {
        String url = settings.get(SchemaRegistrySettings.URL);
        try {
            settings.areBothSet(SchemaRegistrySettings.USER, SchemaRegistrySettings.PASSWORD);
            if (url.isEmpty()) {
                requireNoneSet(settings);
                return Optional.empty();
            }
            Options options = new Options(
                    url,
                    settings.get(SchemaRegistrySettings.USER),
                    settings.get(SchemaRegistrySettings.PASSWORD),
                    settings.get(SchemaRegistrySettings.CA_FILE));
            return Optional.of(new SchemaRegistry(options));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(e.getMessage()));
        }
    }

    private static void requireNoneSet(Settings settings) {
        List<String> mistakes = Stream.of(
                        SchemaRegistrySettings.USER, SchemaRegistrySettings.PASSWORD, SchemaRegistrySettings.CA_FILE)
                .filter(setting -> !settings.get(setting).isEmpty())
                .map(setting -> "%s has no effect, since %s is empty: set the URL, or remove %s"
                        .formatted(setting.name(), SchemaRegistrySettings.URL.name(), setting.name()))
                .toList();
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
    }

    /** Returns the latest version of a subject's schema, to be refreshed by a watcher; null until it is loaded. */
    public WatchedValue<RegisteredSchema> latest(String subject) {
        return WatchedValue.startingWith(
                null,
                "the schema of %s at %s".formatted(subject, BoundedHttpClient.withoutSecrets(options.url())),
                () -> read(subject),
                RegisteredSchema::parse);
    }

    /**
     * Returns the registry's responses as an array: referenced schemas, each after its own references, then the schema
     * itself.
     */
    private byte[] read(String subject) throws IOException, InterruptedException {
        ArrayNode responses = JSON.createArrayNode();
        add(responses, new HashSet<>(), subject, "latest");
        return JSON.writeValueAsBytes(responses);
    }

    private void add(ArrayNode responses, Set<String> seen, String subject, String version)
            throws IOException, InterruptedException {
        String path = "/subjects/%s/versions/%s"
                .formatted(URLEncoder.encode(subject, UTF_8).replace("+", "%20"), version);
        if (!seen.add(path)) {
            return;
        }
        JsonNode response = JSON.readTree(get(path));
        for (JsonNode reference : response.path("references")) {
            add(
                    responses,
                    seen,
                    reference.path("subject").asText(),
                    reference.path("version").asText());
        }
        responses.add(response);
    }

    private byte[] get(String path) throws IOException, InterruptedException {
        Failure failure = lastFailure;
        if (failure != null && failure.isRecent(path)) {
            throw new IOException(failure.why());
        }
        try {
            return http.get(
                    options.url().replaceFirst("/+$", "") + path,
                    "Accept",
                    "application/vnd.schemaregistry.v1+json, application/json");
        } catch (HttpExchangeException e) {
            lastFailure = new Failure(path, e.getMessage(), System.nanoTime());
            throw e;
        }
    }
}
