package io.wadi.runtime;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of a configuration directory: each may be missing, and the jar's own takes its place; none may be there in vain. */
public final class ConfigurationFiles {
    private static final String ROUTE_FILES = "*.camel.yaml";

    private ConfigurationFiles() {}

    /**
     * Refuses what is there and cannot be read, which would be passed over as if it were not there.
     *
     * @throws NotStartedException with the first such file or directory
     */
    public static void check(Path configuration) {
        if (!Files.isDirectory(configuration)) {
            throw missing(
                    configuration + ": there is no such directory; --config names the one with the configuration");
        }
        for (String name : List.of("application.properties", "topics.yaml", "alerts.yaml")) {
            checkReadable(configuration.resolve(name));
        }
        Path routes = configuration.resolve("routes");
        if (Files.exists(routes)) {
            checkRoutes(routes);
        }
    }

    private static void checkRoutes(Path routes) {
        if (!Files.isDirectory(routes)) {
            throw missing(routes + " is no directory: it is where the route files are looked for, " + ROUTE_FILES);
        }
        boolean isEmpty = true;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(routes, ROUTE_FILES)) {
            for (Path file : files) {
                isEmpty = false;
                checkReadable(file);
            }
        } catch (AccessDeniedException e) {
            throw unreadable(routes);
        } catch (IOException e) {
            throw missing("%s cannot be read: %s".formatted(routes, e));
        }
        if (isEmpty) {
            throw missing("there is no route file (%s) in %s; without that directory the jar's own routes run"
                    .formatted(ROUTE_FILES, routes));
        }
    }

    private static void checkReadable(Path file) {
        if (Files.exists(file) && !(Files.isRegularFile(file) && Files.isReadable(file))) {
            throw unreadable(file);
        }
    }

    private static NotStartedException unreadable(Path path) {
        return missing("%s cannot be read by the user %s".formatted(path, System.getProperty("user.name")));
    }

    private static NotStartedException missing(String message) {
        return new NotStartedException(ExitCode.NO_INPUT, message);
    }
}
