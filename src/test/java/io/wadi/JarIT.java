package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.ChildJvm;
import io.wadi.testing.CommandProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares {@code target/wadi.jar} with the libraries from which it is built. */
class JarIT {
    private static final Path JAR = Path.of("target/wadi.jar");
    private static final String SERVICES = "META-INF/services/";

    /** Excludes files in {@code META-INF}, which are merged with those of libraries. */
    @Test
    void classesRoutesAndResources_areThoseOfTheBuild() throws IOException {
        Path classes = Path.of("target/classes");
        List<String> different = new ArrayList<>();
        try (JarFile jar = new JarFile(JAR.toFile());
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = classes.relativize(file).toString();
                ZipEntry entry = jar.getEntry(name);
                if (entry == null
                        || (!name.startsWith("META-INF/")
                                && !Arrays.equals(
                                        Files.readAllBytes(file),
                                        jar.getInputStream(entry).readAllBytes()))) {
                    different.add(name);
                }
            }
        }
        assertThat(different).as("missing in the jar, or different").isEmpty();
    }

    /**
     * If one file replaced another of the same name, providers such as Camel's type converters would silently be lost.
     */
    @Test
    void serviceProvidersOfAllLibraries_areMerged() throws IOException {
        List<String> missing = new ArrayList<>();
        int compared = 0;
        try (JarFile jar = new JarFile(JAR.toFile())) {
            for (String library :
                    Files.readString(Path.of("target/run.classpath")).strip().split(File.pathSeparator, -1)) {
                try (JarFile each = new JarFile(library)) {
                    for (ZipEntry file : each.stream()
                            .filter(entry -> entry.getName().startsWith(SERVICES) && !entry.isDirectory())
                            .toList()) {
                        Set<String> named = providers(jar, file.getName());
                        for (String provider : providers(each, file.getName())) {
                            if (jar.getEntry(provider.replace('.', '/') + ".class") != null) {
                                compared++;
                                if (!named.contains(provider)) {
                                    missing.add(file.getName() + ": " + provider);
                                }
                            }
                        }
                    }
                }
            }
        }
        assertThat(missing).as("providers that the jar has and does not name").isEmpty();
        assertThat(compared).isGreaterThan(100);
    }

    private static Set<String> providers(JarFile jar, String file) throws IOException {
        ZipEntry entry = jar.getEntry(file);
        if (entry == null) {
            return Set.of();
        }
        return new String(jar.getInputStream(entry).readAllBytes(), UTF_8)
                .lines()
                .map(line -> line.replaceFirst("#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Without the classes of the pipeline, help is printed at once. */
    @Test
    void commandHelp_loadsNoPipelineClasses(@TempDir Path directory) throws Exception {
        Path loaded = directory.resolve("loaded");
        List<String> command = ChildJvm.jvm();
        command.addAll(List.of("-Xlog:class+load:file=" + loaded, "-jar", JAR.toString(), "audit", "--help"));

        CommandProcess ended = CommandProcess.end(new ProcessBuilder(command));

        assertThat(ended.code()).isZero();
        assertThat(ended.out()).startsWith("Usage: wadi audit ");
        assertThat(loaded)
                .content()
                .contains("io.wadi.cli.AuditCommand")
                .doesNotContain("org.apache.", "ch.qos.", "io.wadi.cli.LagCommand");
    }
}
