package io.wadi.extension.mirror;

import io.wadi.runtime.config.SettingsException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/**
 * A file of MirrorMaker 2's settings, as {@code connect-mirror-maker.sh} takes it, and the flows that it describes. Where
 * the file names configuration providers, their values stand in its place: a password need not be in it.
 */
public final class MirrorFile {
    private final Path file;
    private final Map<String, String> settings;
    private final List<String> clusters;
    private final List<ReplicationFlow> flows;

    private MirrorFile(Path file, Map<String, String> settings, List<String> clusters, List<ReplicationFlow> flows) {
        this.file = file;
        this.settings = settings;
        this.clusters = clusters;
        this.flows = flows;
    }

    /**
     * Reads a file; connects to nothing.
     *
     * @throws SettingsException with all that is wrong in it, a mirror that would copy in a circle among that
     */
    public static MirrorFile read(Path file) {
        return read(file, Map.of());
    }

    /**
     * The same with other servers.
     *
     * @param servers {@code bootstrap.servers} by the alias of a cluster, instead of those in the file
     */
    public static MirrorFile read(Path file, Map<String, String> servers) {
        Properties properties = load(file);
        servers.forEach((alias, address) -> properties.setProperty(alias + ".bootstrap.servers", address));
        Map<String, String> settings = resolved(file, properties);
        MirrorSettings read = new MirrorSettings(settings);
        List<ReplicationFlow> flows = read.flows();
        read.throwIfWrong(file);
        return new MirrorFile(file, settings, read.clusters(), flows);
    }

    /**
     * The aliases of a file's clusters, whatever else is wrong in it.
     *
     * @throws SettingsException where it cannot be read
     */
    public static List<String> aliases(Path file) {
        return MirrorSettings.aliases(load(file).getProperty("clusters", ""));
    }

    private static Properties load(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return properties;
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingsException(List.of(file + ": cannot be read: " + e));
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

    /** Where it stands. */
    public Path file() {
        return file;
    }

    /** All settings, for MirrorMaker. */
    public Map<String, String> settings() {
        return settings;
    }

    /** The aliases of the clusters, in the file's order. */
    public List<String> clusters() {
        return clusters;
    }

    /** The flows that are enabled, by name. */
    public List<ReplicationFlow> flows() {
        return flows;
    }

    /**
     * The flow from one cluster to another.
     *
     * @throws IllegalArgumentException where none is enabled, with those that are
     */
    public ReplicationFlow flow(String from, String to) {
        return flows.stream()
                .filter(each -> each.from().equals(from) && each.to().equals(to))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("%s: %s->%s is not enabled; enabled are %s"
                        .formatted(
                                file,
                                from,
                                to,
                                String.join(
                                        ", ",
                                        flows.stream()
                                                .map(ReplicationFlow::name)
                                                .toList()))));
    }

    /** Where a cluster is. */
    public String servers(String alias) {
        return settings.get(alias + ".bootstrap.servers");
    }

    /** What clients of a cluster are to be set to: its servers, TLS and login, as MirrorMaker's own are. */
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
