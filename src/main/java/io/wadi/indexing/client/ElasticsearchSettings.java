package io.wadi.indexing.client;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.list;
import static io.wadi.runtime.config.Setting.optional;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of the connection to Elasticsearch. */
public final class ElasticsearchSettings {
    public static final Setting<List<String>> HOSTS = list(
            "wadi.elasticsearch.hosts",
            "localhost:9200",
            "Elasticsearch's hosts, host:port, separated by commas; https://host:port for TLS.");
    public static final Setting<String> USER =
            optional("wadi.elasticsearch.user", "no user", "Who asks, by basic authentication.");
    public static final Setting<String> PASSWORD =
            optional("wadi.elasticsearch.password", "no user", "The user's password.");
    public static final Setting<String> API_KEY = optional(
            "wadi.elasticsearch.api-key", "no key", "An API key in place of a user, as Elasticsearch encodes it.");
    public static final Setting<String> CA_FILE = optional(
            "wadi.elasticsearch.ca-file",
            "those of the JDK",
            "Certificates (PEM) of the authority that Elasticsearch's is checked with; empty: those of the JDK.");
    public static final Setting<Duration> REQUEST_TIMEOUT = duration(
            "wadi.elasticsearch.request-timeout",
            "30s",
            "1s",
            "10m",
            "What Elasticsearch has not answered in this time is asked again.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(HOSTS, USER, PASSWORD, API_KEY, CA_FILE, REQUEST_TIMEOUT);

    private ElasticsearchSettings() {}
}
