package io.wadi.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The configuration directory of {@code ./wadi up --with examples}: links to the project's files and to those of {@code
 * examples/}, so that edits take effect. A project's file takes precedence over an example of the same name.
 */
final class ExampleConfiguration {
    private static final List<String> FILES = List.of("application.properties", "topics.yaml", "alerts.yaml");
    private static final List<String> DIRECTORIES = List.of("routes", "streams", "schemas", "elasticsearch");

    private ExampleConfiguration() {}

    /**
     * Creates the directory, or updates its links. Files with other names in it are kept: those of connectors that
     * requests created.
     *
     * @param home the project's directory
     */
    static void create(Path home, Path directory) throws IOException {
        deleteLinks(directory);
        Files.createDirectories(directory);
        for (String name : FILES) {
            Path file = home.resolve(name);
            if (Files.exists(file)) {
                link(directory.resolve(name), file);
            }
        }
        for (String name : DIRECTORIES) {
            for (Path root : List.of(home, home.resolve("examples"))) {
                linkAll(directory, root, root.resolve(name));
            }
        }
    }

    private static void linkAll(Path directory, Path root, Path from) throws IOException {
        if (!Files.isDirectory(from)) {
            return;
        }
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Path link = directory.resolve(root.relativize(file));
                if (!Files.isSymbolicLink(link)) {
                    Files.createDirectories(link.getParent());
                    link(link, file);
                }
            }
        }
    }

    /** Creates a link, also instead of a file, since some editors replace a link when they save. */
    private static void link(Path link, Path file) throws IOException {
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, file.toAbsolutePath());
    }

    private static void deleteLinks(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> all = Files.walk(directory)) {
                for (Path link : all.filter(Files::isSymbolicLink).toList()) {
                    Files.delete(link);
                }
            }
        }
    }
}
