package io.wadi.runtime;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.testing.UnreadableDirectory;
import io.wadi.testing.Warnings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationFilesTest {
    @TempDir
    private Path directory;

    @Test
    void yamlFilesWithOtherNames_areReported_sinceTheyAreNotLoaded() throws Exception {
        Path routes = Files.createDirectories(directory.resolve("routes"));
        for (String name :
                List.of("a.camel.yaml", "b.yaml", "c.camel.yml", "README.md", ".d.yaml", "e.camel.yaml.old")) {
            Files.createFile(routes.resolve(name));
        }

        try (Warnings warnings = new Warnings(ConfigurationFiles.class.getName())) {
            ConfigurationFiles.check(directory);

            assertThat(warnings.lines())
                    .containsExactlyInAnyOrder(
                            routes.resolve("b.yaml") + " is not loaded: expected a name that ends with .camel.yaml",
                            routes.resolve("c.camel.yml")
                                    + " is not loaded: expected a name that ends with .camel.yaml");
        }
    }

    @Test
    void directoryThatIsOpenedButCannotBeRead_isReported() throws Exception {
        try (UnreadableDirectory unreadable = new UnreadableDirectory()) {
            Path routes = Files.createSymbolicLink(directory.resolve("routes"), unreadable.path());

            assertThatExceptionOfType(NotStartedException.class)
                    .isThrownBy(() -> ConfigurationFiles.check(directory))
                    .withMessageStartingWith(routes + " cannot be read: ");
            assertThatExceptionOfType(NotStartedException.class)
                    .isThrownBy(() -> ConfigurationFiles.warnOfOthers(routes, ".yaml"))
                    .withMessageStartingWith(routes + " cannot be read: ");
        }
    }

    @Test
    void routeFileInAnotherEncoding_isReportedWithItsLine() throws Exception {
        Path routes = Files.createDirectories(directory.resolve("routes"));
        Files.createSymbolicLink(routes.resolve(".#a.camel.yaml"), Path.of("user@host.1:2"));
        Path file = Files.writeString(routes.resolve("a.camel.yaml"), "# a\n# größe\n", ISO_8859_1);

        assertThatExceptionOfType(NotStartedException.class)
                .isThrownBy(() -> ConfigurationFiles.check(directory))
                .withMessage(file + " line 2: not in UTF-8; save the file in UTF-8")
                .matches(e -> e.code() == ExitCode.CONFIGURATION);
    }

    @Test
    void propertyWithTwoValues_isReported_sinceOnlyTheLastHasAnEffect() throws Exception {
        Path file = Files.writeString(directory.resolve("application.properties"), """
                wadi.http.port=8081
                wadi.landing.topics=same
                # wadi.http.host=localhost
                wadi.landing.topics = same
                wadi.http.host=localhost
                wadi.http.port=8080
                """);

        try (Warnings warnings = new Warnings(ConfigurationFiles.class.getName())) {
            ConfigurationFiles.check(directory);

            assertThat(warnings.lines())
                    .containsExactly(
                            file
                                    + ": wadi.http.port is set more than once; only the last value has an effect: remove the others");
        }
    }
}
