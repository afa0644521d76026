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

/** The files that Wadi brings with it: in its jar, or where it is not in one yet, beside its classes. */
public final class BundledFiles {
    private BundledFiles() {}

    /**
     * The names of a directory's files, as a class loader takes them. Looks at the jar's table of contents: a pattern in Camel
     * is found by unpacking the whole jar, which was three quarters of the CPU time of a start.
     *
     * @param directory such as {@code routes}, without a slash at its end
     * @param ending such as {@code .json}
     * @throws UncheckedIOException where the jar cannot be read
     */
    public static List<String> in(String directory, String ending) {
        String start = directory + "/";
        return Names.ALL.stream()
                .filter(name ->
                        name.startsWith(start) && name.endsWith(ending) && name.indexOf('/', start.length()) < 0)
                .sorted()
                .toList();
    }

    /** All but classes, read once. */
    private static final class Names {
        private static final List<String> ALL = read();

        private static List<String> read() {
            try {
                Path own = Path.of(BundledFiles.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
                return Files.isDirectory(own) ? beside(own) : inJar(own);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (URISyntaxException e) {
                throw new IllegalStateException("A code source that is no address", e);
            }
        }

        private static List<String> beside(Path classes) throws IOException {
            try (Stream<Path> files = Files.walk(classes)) {
                return kept(files.map(file -> classes.relativize(file).toString()));
            }
        }

        private static List<String> inJar(Path jar) throws IOException {
            try (JarFile file = new JarFile(jar.toFile())) {
                return kept(file.stream().map(ZipEntry::getName));
            }
        }

        private static List<String> kept(Stream<String> names) {
            return names.filter(name -> !name.endsWith(".class")).toList();
        }
    }
}
