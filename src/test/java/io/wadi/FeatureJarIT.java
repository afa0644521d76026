package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.runtime.ExitCode;
import io.wadi.runtime.Feature;
import io.wadi.testing.Http;
import io.wadi.testing.InstalledProject;
import io.wadi.testing.LibraryJar;
import io.wadi.testing.Nightly;
import io.wadi.testing.Scrape;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The feature of the guide and similar ones, in separate jars on the pipeline's class path. */
class FeatureJarIT {
    private static final Path GUIDE = Path.of("docs/how-to/extend.md");

    private static final String SERVICES = "META-INF/services/" + Feature.class.getName();

    @TempDir
    private Path directory;

    private final int http = Ports.free();
    private final int management = Ports.free();

    /** Returns the first code block of a language in the guide. */
    private static String code(String language) throws IOException {
        String guide = Files.readString(GUIDE);
        String fence = "```" + language + "\n";
        int begin = guide.indexOf(fence) + fence.length();
        return guide.substring(begin, guide.indexOf("```", begin));
    }

    @Test
    void featureSettingOutOfRange_isReported() throws Exception {
        assertThat(failedStart(List.of(jar("CountingFeature")), "101"))
                .contains("wadi.counting.step=101: expected a whole number from 1 to 100 (default 1)");
    }

    @Test
    @Nightly(perChange = "FeatureJarIT#featureSettingOutOfRange_isReported")
    void settingDeclaredByTwoFeatures_isRejected() throws Exception {
        assertThat(failedStart(List.of(jar("CountingFeature"), jar("OtherFeature")), "1"))
                .contains("wadi.counting.step: declared by both example.CountingFeature and example.OtherFeature, "
                        + "expected one declaration");
    }

    @Test
    @Nightly(perChange = "FeatureJarIT#missingFeatureClass_isReportedWithItsJar")
    void failingFeature_isReported() throws Exception {
        String failing = code("java")
                .replace("context.meters().counter(\"wadi.counting\")", "Counter.builder(null).register(null)");

        assertThat(failedStart(List.of(jar("FailingFeature", failing)), "1"))
                .contains("The feature example.FailingFeature of ", "FailingFeature.jar cannot be bound: ");
    }

    /** Such as a feature that was compiled for another version of Wadi. */
    @Test
    @Nightly(perChange = "FeatureJarIT#missingFeatureClass_isReportedWithItsJar")
    void featureWithAMissingMethod_isReported() throws Exception {
        String outdated = code("java")
                .replace(
                        "context.bind(\"counting\", exchange -> counter.increment(step));",
                        "throw new NoSuchMethodError(\"step\");");

        assertThat(failedStart(List.of(jar("OutdatedFeature", outdated)), "1"))
                .contains("OutdatedFeature.jar cannot be bound: NoSuchMethodError: step")
                .doesNotContain("\tat ");
    }

    @Test
    @Nightly(perChange = "FeatureJarIT#missingFeatureClass_isReportedWithItsJar")
    void featureWhoseSettingsCannotBeRead_isReported() throws Exception {
        String failing =
                code("java").replace("return List.of(STEP);", "throw new IllegalStateException(\"no range\");");

        assertThat(failedStart(List.of(jar("FailingFeature", failing)), "1"))
                .contains("The settings of the feature example.FailingFeature of ")
                .contains("FailingFeature.jar cannot be read: IllegalStateException: no range")
                .doesNotContain("\tat ");
    }

    @Test
    void missingFeatureClass_isReportedWithItsJar() throws Exception {
        assertThat(failedStart(List.of(services("example.NoFeature")), "1"))
                .contains("A feature on the class path cannot be loaded: ")
                .contains("example.NoFeature")
                .contains("(" + directory.resolve("services.jar") + ")");
    }

    /** Uses the launcher with the shipped jar. */
    @Test
    @Nightly(
            perChange = {
                "FeatureJarIT#featureSettingOutOfRange_isReported",
                "FeatureJarIT#unreadableJarInLib_isReported"
            })
    void jarInLib_isOnTheClassPathOfPipelineAndCommands() throws Exception {
        InstalledProject home = project();
        Files.move(jar("CountingFeature"), home.library("counting.jar"));
        configure("7");

        int checked = InstalledProject.end(launch(home, "streams", "check"));
        assertThat(checked).as(Files.readString(log())).isZero();
        Process process = launch(home, "run");
        try {
            await().atMost(ChildJvm.START_TIMEOUT)
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> counted() > 0);

            assertThat(counted() % 7).isZero();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void unreadableJarInLib_isReported() throws Exception {
        InstalledProject home = project();
        Path broken = Files.writeString(home.library("broken.jar"), "no jar");
        configure("1");

        int code = InstalledProject.end(launch(home, "run"));

        assertThat(code).as(Files.readString(log())).isEqualTo(ExitCode.CONFIGURATION.number());
        assertThat(log())
                .content()
                .startsWith("Wadi cannot start:\n  " + broken.toRealPath() + " cannot be loaded: ")
                .hasLineCount(2);
    }

    private InstalledProject project() throws IOException {
        return InstalledProject.in(directory, log());
    }

    private Process launch(InstalledProject home, String... command) throws IOException {
        return home.launch(
                Map.of(
                        "WADI_HTTP_PORT", Integer.toString(http),
                        "WADI_MANAGEMENT_PORT", Integer.toString(management)),
                command);
    }

    private double counted() throws Exception {
        return new Scrape(Http.get("http://localhost:" + management + "/observe/metrics")
                        .body())
                .sum("wadi_counting_total");
    }

    /** Returns the output of a start that fails with a configuration error. */
    private String failedStart(List<Path> jars, String step) throws Exception {
        Process process = start(jars, step);
        try {
            assertThat(process.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                    .as("it has ended, see %s", log())
                    .isTrue();
            assertThat(process.exitValue()).as(Files.readString(log())).isEqualTo(ExitCode.CONFIGURATION.number());
            return Files.readString(log());
        } finally {
            process.destroyForcibly();
        }
    }

    private Process start(List<Path> jars, String step) throws IOException {
        configure(step);
        List<String> classPath =
                new ArrayList<>(jars.stream().map(Path::toString).toList());
        classPath.add(System.getProperty("java.class.path"));
        List<String> command = ChildJvm.jvm();
        command.addAll(List.of(
                "-Xmx256m",
                "-Dwadi.http.port=" + http,
                "-Dwadi.management.port=" + management,
                "-cp",
                String.join(File.pathSeparator, classPath),
                "io.wadi.Launch",
                "--config",
                directory.toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    private void configure(String step) throws IOException {
        Files.createDirectories(directory.resolve("routes"));
        Files.writeString(directory.resolve("routes/counting.camel.yaml"), code("yaml"));
        Files.writeString(directory.resolve("application.properties"), "wadi.counting.step=" + step + "\n");
    }

    private Path log() {
        return directory.resolve("log");
    }

    private Path jar(String name) throws IOException {
        return jar(name, code("java"));
    }

    private Path jar(String name, String source) throws IOException {
        Path file = Files.createDirectories(directory.resolve(name)).resolve(name + ".java");
        Files.writeString(file, source.replace("CountingFeature", name));
        return LibraryJar.write(
                directory.resolve(name + ".jar"),
                LibraryJar.compile(file.getParent(), file),
                Map.of(SERVICES, ("example." + name).getBytes(UTF_8)));
    }

    private Path services(String feature) throws IOException {
        return LibraryJar.write(
                directory.resolve("services.jar"),
                Files.createDirectories(directory.resolve("no-classes")),
                Map.of(SERVICES, feature.getBytes(UTF_8)));
    }
}
