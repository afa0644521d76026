package io.wadi.indexing.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.runtime.config.Authorities;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.http.Header;
import org.apache.http.HttpHost;
import org.apache.http.message.BasicHeader;
import org.elasticsearch.client.RestClient;
import org.elasticsearch.client.RestClientBuilder;

/** Factory of Elasticsearch clients with the same configuration. Thread-safe. */
public final class ElasticsearchConnection {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int CONNECTIONS = 64;
    /** HttpHost would accept a user, a path and other protocols as parts of the name. */
    private static final String HOST = "(?i:https?://)?[^/@?#\\s]+";

    private final List<HttpHost> hosts;
    private final Header[] headers;
    private final SSLContext tls;
    private final Duration answerWithin;

    /**
     * Reads the certificates; does not connect.
     *
     * @throws IllegalArgumentException if a host or the certificates are invalid
     */
    public ElasticsearchConnection(ElasticsearchOptions options) {
        this.hosts = options.hosts().stream().map(ElasticsearchConnection::host).toList();
        this.headers = authorization(options);
        this.tls = tls(hosts, options.caFile()).orElse(null);
        this.answerWithin = options.answerWithin();
    }

    /**
     * Returns the connection of the settings {@code wadi.elasticsearch.*}.
     *
     * @throws SettingsException if they are invalid
     */
    public static ElasticsearchConnection of(Settings settings) {
        try {
            settings.areBothSet(ElasticsearchSettings.USER, ElasticsearchSettings.PASSWORD);
            return new ElasticsearchConnection(new ElasticsearchOptions(
                    settings.get(ElasticsearchSettings.HOSTS),
                    settings.get(ElasticsearchSettings.USER),
                    settings.get(ElasticsearchSettings.PASSWORD),
                    settings.get(ElasticsearchSettings.API_KEY),
                    settings.get(ElasticsearchSettings.CA_FILE),
                    settings.get(ElasticsearchSettings.REQUEST_TIMEOUT)));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(e.getMessage()));
        }
    }

    private static HttpHost host(String text) {
        try {
            HttpHost host = HttpHost.create(Units.matching(text, HOST));
            Units.inRange(host.getPort(), -1, Setting.MAX_PORT);
            return host;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    ("invalid value '%s' for wadi.elasticsearch.hosts: expected host:port or https://host:port, without"
                                    + " a user or a path")
                            .formatted(text.replaceFirst(".*@", "…@")));
        }
    }

    private static Optional<SSLContext> tls(List<HttpHost> hosts, String caFile) {
        if (!caFile.isEmpty()
                && hosts.stream().noneMatch(host -> host.getSchemeName().equals("https"))) {
            throw new IllegalArgumentException(
                    "wadi.elasticsearch.ca-file has no effect, since wadi.elasticsearch.hosts has no https://host:port:"
                            + " add https://, or remove wadi.elasticsearch.ca-file");
        }
        return Authorities.trusting("wadi.elasticsearch.ca-file", caFile);
    }

    private static Header[] authorization(ElasticsearchOptions options) {
        if (!options.apiKey().isEmpty()) {
            return new Header[] {new BasicHeader("Authorization", "ApiKey " + options.apiKey())};
        }
        if (!options.user().isEmpty()) {
            byte[] credentials = (options.user() + ":" + options.password()).getBytes(UTF_8);
            String encoded = Base64.getEncoder().encodeToString(credentials);
            return new Header[] {new BasicHeader("Authorization", "Basic " + encoded)};
        }
        return new Header[0];
    }

    /** Returns the URL of the first host, for browsers. */
    public String url() {
        return hosts.get(0).toURI();
    }

    /**
     * Creates a client that rotates among the hosts and suspends unresponsive ones for a while; the caller closes it.
     */
    public RestClient newClient() {
        RestClientBuilder builder = RestClient.builder(hosts.toArray(HttpHost[]::new))
                .setDefaultHeaders(headers)
                // A redirected request would pass on the credentials.
                .setRequestConfigCallback(request -> request.setRedirectsEnabled(false)
                        .setConnectTimeout((int) CONNECT_TIMEOUT.toMillis())
                        .setSocketTimeout((int) answerWithin.toMillis()));
        return builder.setHttpClientConfigCallback(http -> {
                    http.setMaxConnPerRoute(CONNECTIONS).setMaxConnTotal(CONNECTIONS);
                    return tls == null ? http : http.setSSLContext(tls);
                })
                .build();
    }
}
