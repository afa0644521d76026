package io.wadi.runtime.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.component.properties.DefaultPropertiesParser;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.component.properties.PropertiesLookup;
import org.apache.camel.main.Main;
import org.apache.camel.util.IOHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the settings of a configuration directory, for the pipeline and for commands. Precedence: command-line options,
 * environment variables, system properties, {@code application.properties}, defaults.
 */
public final class SettingsReader {
    private static final String PROPERTIES = "application.properties";
    private static final String READ_ONLY = "wadi-read-only";
    private static final String DIRECTORY = "wadi-configuration";
    /** The settings for files and directories of the configuration directory, with their defaults. */
    private static final Map<String, String> DEFAULT_FILES = Map.of(
            "wadi.topics-file", "topics.yaml",
            "wadi.alerts.file", "alerts.yaml",
            "wadi.streams.directory", "streams",
            "wadi.landing.schema", "schemas",
            "wadi.indexing.setup", "elasticsearch");

    private static final Logger LOG = LoggerFactory.getLogger(SettingsReader.class);

    private SettingsReader() {}

    /**
     * Configures a Camel main to read the files of a configuration directory, and the jar's copies of missing files.
     */
    public static void configure(Main main, Path configuration) {
        camelDefaults().forEach((name, value) -> main.addInitialProperty(name.toString(), value.toString()));
        main.bind(DIRECTORY, configuration);
        main.setDefaultPropertyPlaceholderLocation("false");
        Path own = configuration.resolve(PROPERTIES);
        main.setPropertyPlaceholderLocations(Files.exists(own) ? "file:" + own.normalize() : "classpath:" + PROPERTIES);
    }

    /** Configures a Camel main to read settings for a command, without routes, servers and the pipeline. */
    public static void readOnly(Main main) {
        main.bind(READ_ONLY, true);
        main.configure().withRoutesCollectorEnabled(false);
        main.addOverrideProperty("camel.management.enabled", "false");
        main.addOverrideProperty("camel.metrics.enabled", "false");
    }

    /** Returns whether a context only reads settings, see {@link #readOnly}. */
    public static boolean isReadOnly(CamelContext context) {
        return context.getRegistry().lookupByName(READ_ONLY) != null;
    }

    /** Returns Camel's settings in the jar's {@code application.properties}, the defaults for a file without them. */
    private static Properties camelDefaults() {
        Properties own = new Properties();
        try (InputStream file = SettingsReader.class.getResourceAsStream("/" + PROPERTIES)) {
            own.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        own.keySet().removeIf(name -> !name.toString().startsWith("camel."));
        return own;
    }

    /**
     * Returns the paths of files in the configuration directory that replace their default paths, by setting. In the
     * working directory, paths remain relative, so that they also name the jar's copies.
     */
    private static Map<String, String> filesOf(Path configuration, Properties given) {
        Map<String, String> files = new HashMap<>();
        DEFAULT_FILES.forEach((setting, name) -> {
            Path file = configuration.resolve(name).normalize();
            if (lookup(setting, given).orElse(name).strip().equals(name) && Files.exists(file)) {
                files.put(setting, file.toString());
            }
        });
        return files;
    }

    /**
     * Replaces values of placeholders in routes by those of settings. Camel would use the default path of a file, empty
     * items of lists, and white space around the value of an environment variable, such as the line break of a file.
     */
    private static void usePlaceholders(PropertiesComponent properties, Map<String, String> values) {
        properties.setPropertiesParser(new DefaultPropertiesParser(properties) {
            @Override
            public String parseProperty(String name, String found, PropertiesLookup lookup) {
                return values.getOrDefault(name, found);
            }
        });
    }

    /** Loads the properties again in UTF-8, as editors save them. Camel has loaded them in ISO 8859-1. */
    private static void useUtf8(Path file, PropertiesComponent properties, List<String> mistakes) {
        properties.setEncoding(UTF_8.name());
        properties.reloadProperties(null);
        if (!Files.exists(file)) {
            return;
        }
        try {
            byte[] content = Files.readAllBytes(file);
            FileText.of(file.toString(), content);
            if (new String(content, UTF_8).startsWith("\uFEFF")) {
                mistakes.add(file + " begins with a byte order mark, which would be a part of the first name;"
                        + " save it without one");
            }
        } catch (IllegalArgumentException e) {
            mistakes.add(e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads and checks all settings, and adds the defaults for placeholders in routes.
     *
     * @param properties the component of a context that has not been started, with its property locations set
     * @param declared all settings that exist
     * @param options values of command-line options by setting name
     * @throws SettingsException if there are errors, see {@link Settings#read}, or misspelled environment variables
     */
    public static Settings read(
            PropertiesComponent properties, Collection<Setting<?>> declared, Map<String, String> options) {
        CamelContext context = properties.getCamelContext();
        Optional<Path> configuration =
                Optional.ofNullable(context.getRegistry().lookupByNameAndType(DIRECTORY, Path.class));
        List<String> mistakes = new ArrayList<>();
        configuration.ifPresent(directory -> useUtf8(directory.resolve(PROPERTIES), properties, mistakes));
        properties.addPropertiesSource(new DefaultProperties(properties, declared));
        // All properties are loaded at once: Camel resolves a single property only after it has loaded its type
        // converters, which happens after the plugins run.
        Properties given = properties.loadProperties();
        Map<String, String> replaced =
                configuration.map(directory -> filesOf(directory, given)).orElseGet(HashMap::new);
        for (Setting<?> setting : declared) {
            lookup(setting.name(), given)
                    .filter(text -> !text.equals(setting.normalized(text)))
                    .ifPresent(text -> replaced.putIfAbsent(setting.name(), setting.normalized(text)));
        }
        usePlaceholders(properties, replaced);
        Function<String, Optional<String>> values = name -> Optional.ofNullable(options.get(name))
                .or(() -> Optional.ofNullable(replaced.get(name)))
                .or(() -> lookup(name, given));
        UnknownVariables unknown = UnknownVariables.of(
                System.getenv(),
                declared,
                configuration,
                values.apply("wadi.mirror.file").map(Path::of));
        if (!isReadOnly(context)) {
            unknown.others().forEach(each -> LOG.warn("{}", each));
        }
        List<String> present = new ArrayList<>(given.stringPropertyNames());
        present.addAll(System.getProperties().stringPropertyNames());
        mistakes.addAll(unknown.mistakes());
        return Settings.read(declared, values, present, mistakes);
    }

    /** Looks up a property in the same order as Camel resolves a placeholder in a route. */
    private static Optional<String> lookup(String name, Properties given) {
        return Optional.ofNullable(IOHelper.lookupEnvironmentVariable(name))
                .or(() -> Optional.ofNullable(System.getProperty(name)))
                .or(() -> Optional.ofNullable(given.getProperty(name)));
    }
}
