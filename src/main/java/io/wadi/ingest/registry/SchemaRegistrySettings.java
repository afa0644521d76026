package io.wadi.ingest.registry;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.optional;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of the connection to the schema registry. */
public final class SchemaRegistrySettings {
    public static final Setting<String> URL = matching(
            "wadi.schema-registry.url",
            "",
            "(https?://[^\\s]+)?",
            "an http or https address, or nothing for no registry",
            "The schema registry, with Confluent's REST API, of topics whose events become Avro; empty: none.");
    public static final Setting<String> USER =
            optional("wadi.schema-registry.user", "no user", "Who asks it, by basic authentication.");
    public static final Setting<String> PASSWORD =
            optional("wadi.schema-registry.password", "no user", "The user's password.");
    public static final Setting<String> CA_FILE = optional(
            "wadi.schema-registry.ca-file",
            "those of the JDK",
            "Certificates (PEM) of the authority that the registry's is checked with; empty: those of the JDK.");
    public static final Setting<Duration> REFRESH_INTERVAL = duration(
            "wadi.schema-registry.refresh-interval",
            "30s",
            "1s",
            "1h",
            "How often the registry is asked for newer versions of its schemas.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(URL, USER, PASSWORD, CA_FILE, REFRESH_INTERVAL);

    private SchemaRegistrySettings() {}
}
