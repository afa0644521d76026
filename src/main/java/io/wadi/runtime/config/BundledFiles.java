package io.wadi.runtime.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** The resource files of Wadi's jar, or of its class directory when it runs without a jar. */
public final class BundledFiles {
    private BundledFiles() {}

    /**
     * Returns the resource names of a directory's files. It reads only the jar's index: Camel resolves a pattern by
     * unpacking the whole jar, which took three quarters of the CPU time of a start.
     *
     * @param directory such as {@code routes}, without a trailing slash
     * @param ending such as {@code .json}
     * @throws UncheckedIOException if the jar cannot be read
     */
    public static List<String> in(String directory, String ending) {
        String start = directory + "/";
        return Names.ALL.stream()
                .filter(name ->
                        name.startsWith(start) && name.endsWith(ending) && name.indexOf('/', start.length()) < 0)
                .sorted()
                .toList();
    }

    /** The names of all resources except classes, read once. */
    private static final class Names {
        private static final List<String> ALL = read();

        private static List<String> read() {
            try {
                Path own = Path.of(BundledFiles.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
                return Files.isDirectory(own) ? inDirectory(own) : inJar(own);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (URISyntaxException e) {
                throw new IllegalStateException("Code source is not a URI", e);
            }
        }

        private static List<String> inDirectory(Path classes) throws IOException {
            try (Stream<Path> files = Files.walk(classes)) {
                return withoutClasses(files.map(file -> classes.relativize(file).toString()));
            }
        }

        private static List<String> inJar(Path jar) throws IOException {
            try (JarFile file = new JarFile(jar.toFile())) {
                return withoutClasses(file.stream().map(ZipEntry::getName));
            }
        }

        private static List<String> withoutClasses(Stream<String> names) {
            return names.filter(name -> !name.endsWith(".class")).toList();
        }
    }
}
