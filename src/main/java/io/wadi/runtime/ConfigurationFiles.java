package io.wadi.runtime;

import io.wadi.runtime.config.DirectoryListing;
import io.wadi.runtime.config.FileText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the files of a configuration directory. The jar's copy replaces a missing file, but an unreadable file is an
 * error.
 */
public final class ConfigurationFiles {
    private static final String PROPERTIES = "application.properties";
    private static final String ROUTE_FILE = ".camel.yaml";
    private static final String ROUTE_FILES = "*" + ROUTE_FILE;
    private static final Logger LOG = LoggerFactory.getLogger(ConfigurationFiles.class);

    private ConfigurationFiles() {}

    /**
     * Checks that existing files are readable, since Camel ignores unreadable files.
     *
     * @throws NotStartedException if a file or directory is unreadable, or a route file is not in UTF-8; the message
     *     names the first one
     */
    public static void check(Path configuration) {
        if (!Files.isDirectory(configuration)) {
            throw noInput(configuration + ": directory not found; set the configuration directory with --config");
        }
        for (String name : List.of(PROPERTIES, "topics.yaml", "alerts.yaml")) {
            checkReadable(configuration.resolve(name));
        }
        warnOfRepeated(configuration.resolve(PROPERTIES));
        Path routes = configuration.resolve("routes");
        if (Files.exists(routes)) {
            checkRoutes(routes);
        }
    }

    /** Logs a warning for each property with two different values in a file, of which only the last has an effect. */
    private static void warnOfRepeated(Path file) {
        Set<Object> repeated = new TreeSet<>();
        Properties properties = new Properties() {
            @Override
            public synchronized Object put(Object name, Object value) {
                Object former = super.put(name, value);
                if (former != null && !former.equals(value)) {
                    repeated.add(name);
                }
                return former;
            }
        };
        if (!Files.exists(file)) {
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        } catch (IllegalArgumentException e) {
            return; // Reading the settings reports the invalid escape sequence.
        } catch (IOException e) {
            throw noInput("%s cannot be read: %s".formatted(file, e));
        }
        repeated.forEach(name -> LOG.warn(
                "{}: {} is set more than once; only the last value has an effect: remove the others", file, name));
    }

    private static void checkRoutes(Path routes) {
        if (!Files.isDirectory(routes)) {
            throw noInput(routes + " is not a directory; expected a directory with route files, " + ROUTE_FILES);
        }
        List<Path> files = list(routes, ROUTE_FILES);
        files.forEach(ConfigurationFiles::checkReadable);
        // Some editors mark an opened file by a link to nowhere.
        files.stream().filter(Files::exists).forEach(ConfigurationFiles::checkEncoding);
        if (files.isEmpty()) {
            throw noInput("no route file (%s) in %s; remove that directory to run the jar's routes"
                    .formatted(ROUTE_FILES, routes));
        }
        warnOfOthers(routes, ROUTE_FILE);
    }

    /**
     * Logs a warning for each YAML file of a directory that is not loaded because its name ends differently.
     *
     * @param ending the end of the names of files that are loaded
     */
    public static void warnOfOthers(Path directory, String ending) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        for (Path file : list(directory, "[!.]*.{yaml,yml}")) {
            if (!file.toString().endsWith(ending)) {
                LOG.warn("{} is not loaded: expected a name that ends with {}", file, ending);
            }
        }
    }

    private static List<Path> list(Path directory, String names) {
        try {
            return DirectoryListing.of(directory, names);
        } catch (AccessDeniedException e) {
            throw unreadable(directory);
        } catch (IOException e) {
            throw noInput("%s cannot be read: %s".formatted(directory, e));
        }
    }

    private static void checkReadable(Path file) {
        if (Files.exists(file) && !(Files.isRegularFile(file) && Files.isReadable(file))) {
            throw unreadable(file);
        }
    }

    /** Checks that a route file is in UTF-8, since Camel replaces other bytes. */
    private static void checkEncoding(Path file) {
        try {
            FileText.of(file.toString(), Files.readAllBytes(file));
        } catch (IllegalArgumentException e) {
            throw new NotStartedException(ExitCode.CONFIGURATION, e.getMessage());
        } catch (IOException e) {
            throw noInput("%s cannot be read: %s".formatted(file, e));
        }
    }

    private static NotStartedException unreadable(Path path) {
        return noInput("%s cannot be read by the user %s".formatted(path, System.getProperty("user.name")));
    }

    private static NotStartedException noInput(String message) {
        return new NotStartedException(ExitCode.NO_INPUT, message);
    }
}
