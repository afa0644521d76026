package io.wadi.extension.mirror;

import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Units;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * A configuration file of MirrorMaker 2, as for {@code connect-mirror-maker.sh}, and its flows. Placeholders are
 * resolved by the file's configuration providers, so that it need not contain passwords.
 *
 * @param settings all settings with placeholders resolved
 * @param clusters the aliases of the clusters, in the file's order
 */
public record MirrorFile(Path file, Map<String, String> settings, List<String> clusters, List<ReplicationFlow> flows) {
    /**
     * Reads a file; does not connect.
     *
     * @throws SettingsException with all mistakes, including replication cycles
     */
    public static MirrorFile read(Path file) {
        return read(file, Map.of());
    }

    /**
     * Reads a file and replaces the servers in it.
     *
     * @param servers {@code bootstrap.servers} by alias
     */
    public static MirrorFile read(Path file, Map<String, String> servers) {
        Properties properties = load(file);
        servers.forEach((alias, address) -> properties.setProperty(alias + ".bootstrap.servers", address));
        Map<String, String> settings = resolved(file, properties);
        MirrorSettings read = new MirrorSettings(settings);
        List<ReplicationFlow> flows = read.flows();
        read.requireNoMistakes(file);
        return new MirrorFile(file, settings, read.clusters(), flows);
    }

    /**
     * Returns the aliases of a file's clusters, without checking the rest of it.
     *
     * @throws SettingsException if reading it fails
     */
    public static List<String> aliases(Path file) {
        return Units.list(load(file).getProperty("clusters", ""));
    }

    private static Properties load(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return properties;
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingsException(List.of(file + ": reading failed: " + e));
        }
    }

    private static Map<String, String> resolved(Path file, Properties properties) {
        try {
            Map<String, String> resolved = new TreeMap<>();
            new AbstractConfig(new ConfigDef(), properties, false)
                    .originals()
                    .forEach((name, value) ->
                            resolved.put(name, String.valueOf(value).strip()));
            return resolved;
        } catch (ConfigException e) {
            throw new SettingsException(List.of(file + ": config.providers: " + e.getMessage()));
        }
    }

    /**
     * Returns the flow from one cluster to another.
     *
     * @throws IllegalArgumentException if it is not enabled
     */
    public ReplicationFlow flow(String from, String to) {
        return flows.stream()
                .filter(each -> each.from().equals(from) && each.to().equals(to))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("%s: flow %s->%s is not enabled; expected one of %s"
                        .formatted(
                                file,
                                from,
                                to,
                                flows.stream().map(ReplicationFlow::name).collect(Collectors.joining(", ")))));
    }

    public String servers(String alias) {
        return settings.get(alias + ".bootstrap.servers");
    }

    /** Returns the settings of a cluster's clients: servers, TLS and authentication, as MirrorMaker applies them. */
    public Map<String, Object> client(String alias) {
        Map<String, Object> client = new LinkedHashMap<>();
        for (String prefix : List.of("", "admin.", alias + ".", alias + ".admin.")) {
            settings.forEach((name, value) -> {
                String own = name.startsWith(prefix) ? name.substring(prefix.length()) : "";
                if (AdminClientConfig.configNames().contains(own)) {
                    client.put(own, value);
                }
            });
        }
        return client;
    }
}
