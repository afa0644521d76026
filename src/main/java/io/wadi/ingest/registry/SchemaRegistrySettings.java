package io.wadi.ingest.registry;

import static io.wadi.runtime.config.Setting.duration;
import static io.wadi.runtime.config.Setting.matching;
import static io.wadi.runtime.config.Setting.optional;
import static io.wadi.runtime.config.Setting.withHost;

import io.wadi.runtime.config.Setting;
import java.time.Duration;
import java.util.List;

/** The settings of the connection to the schema registry. */
public final class SchemaRegistrySettings {
    public static final Setting<String> URL = withHost(
            matching(
                    "wadi.schema-registry.url",
                    "",
                    "(https?://([a-zA-Z0-9.-]+|\\[[0-9a-fA-F:.]+\\])(:[0-9]{1,5})?(/[\\w./~-]*)?)?",
                    "an http or https URL without user, query and fragment, or empty for no registry",
                    "URL of the schema registry (Confluent's REST API) of topics with events that are converted to Avro; empty for none."));
    public static final Setting<String> USER =
            optional("wadi.schema-registry.user", "no user", "User name for basic authentication at the registry.");
    public static final Setting<String> PASSWORD =
            optional("wadi.schema-registry.password", "no user", "Password of wadi.schema-registry.user.");
    public static final Setting<String> CA_FILE = optional(
            "wadi.schema-registry.ca-file",
            "those of the JDK",
            "PEM file with the certificate authorities that verify the registry's certificate; empty for those of the JDK.");
    public static final Setting<Duration> REFRESH_INTERVAL = duration(
            "wadi.schema-registry.refresh-interval",
            "30s",
            "1s",
            "1h",
            "Interval between checks of the registry for newer schema versions.");

    public static final List<Setting<?>> ALL = Setting.declaredIn(SchemaRegistrySettings.class);

    private SchemaRegistrySettings() {}
}
