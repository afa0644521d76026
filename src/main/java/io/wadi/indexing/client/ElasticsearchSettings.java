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
            "Hosts of Elasticsearch as host:port, separated by commas; https://host:port for TLS.");
    public static final Setting<String> USER =
            optional("wadi.elasticsearch.user", "no user", "User for basic authentication.");
    public static final Setting<String> PASSWORD =
            optional("wadi.elasticsearch.password", "no user", "The user's password.");
    public static final Setting<String> API_KEY =
            optional("wadi.elasticsearch.api-key", "no key", "API key instead of a user, in Elasticsearch's encoding.");
    public static final Setting<String> CA_FILE = optional(
            "wadi.elasticsearch.ca-file",
            "those of the JDK",
            "PEM file of trusted certificate authorities; empty: those of the JDK.");
    public static final Setting<Duration> REQUEST_TIMEOUT = duration(
            "wadi.elasticsearch.request-timeout",
            "30s",
            "1s",
            "10m",
            "Response timeout; requests without a response are retried.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(ElasticsearchSettings.class);

    private ElasticsearchSettings() {}
}
