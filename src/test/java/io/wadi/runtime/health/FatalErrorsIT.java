package io.wadi.runtime.health;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.testing.Nightly;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The exit of a JVM after an error on one of its threads. The JVM has a small heap, and only has
 * {@code -XX:+ExitOnOutOfMemoryError} if the test sets it.
 */
final class FatalErrorsIT {
    @TempDir
    private Path directory;

    private record Ended(int code, String output) {}

    @ParameterizedTest
    @ValueSource(strings = {"thread", "executor", "swallowed", "event-loop", "vertx", "camel"})
    void exhaustedHeap_endsTheProcess(String kind) throws Exception {
        assertFatal(run(kind, "-Xmx64m"), FatalErrors.PREFIX);
    }

    @Test
    @Nightly(
            perChange = {
                "FatalErrorsIT#exhaustedHeap_withTheShippedOptions_endsTheProcess_evenIfTheErrorIsSwallowed",
                "FatalErrorsIT#stackOverflow_atTheTopOfAThread_endsTheProcess"
            })
    void exhaustedDirectMemory_endsTheProcess() throws Exception {
        assertFatal(run("direct-memory", "-Xmx64m", "-XX:MaxDirectMemorySize=8m"), "OutOfMemoryError: Cannot reserve");
    }

    /** Errors that are logged at a disabled level, or as causes, also count. */
    @Test
    void loggedJvmError_endsTheProcess() throws Exception {
        assertFatal(run("logged-cause", "-Xmx64m"), "thread main: java.lang.InternalError: a fault");
    }

    @Test
    @Nightly(perChange = {"StepErrorsTest", "FatalErrorsIT#loggedJvmError_endsTheProcess"})
    void jvmErrorInARouteStep_endsTheProcess() throws Exception {
        assertFatal(run("step", "-Xmx64m"), "java.lang.InternalError: a fault");
    }

    @Test
    void stackOverflow_atTheTopOfAThread_endsTheProcess() throws Exception {
        assertFatal(run("stack", "-Xmx64m", "-Xss1m"), "java.lang.StackOverflowError");
    }

    @Test
    void caughtStackOverflow_doesNotEndTheProcess() throws Exception {
        Ended ended = run("logged-stack", "-Xmx64m");

        assertThat(ended.code()).as(ended.output()).isZero();
        assertThat(ended.output()).contains("A document is nested too deeply");
    }

    /** Only the JVM itself can detect this error. */
    @Test
    void exhaustedHeap_withTheShippedOptions_endsTheProcess_evenIfTheErrorIsSwallowed() throws Exception {
        assertFatal(
                run("swallowed-and-freed", "-XX:-UseSerialGC", "@jvm.options", "-Xmx64m"),
                "Terminating due to java.lang.OutOfMemoryError");
    }

    @Test
    @Nightly(
            perChange = {
                "FatalErrorsIT#loggedJvmError_endsTheProcess",
                "FatalErrorsIT#stackOverflow_atTheTopOfAThread_endsTheProcess"
            })
    void exhaustedHeap_inAPipelineWithoutOptions_endsTheProcess() throws Exception {
        Path routes = Files.createDirectory(directory.resolve("routes"));
        Files.writeString(routes.resolve("fill.camel.yaml"), """
                - beans:
                    - name: heap-filler
                      type: %s
                - route:
                    id: fill
                    from:
                      uri: timer:fill
                      parameters: {repeatCount: 1}
                      steps:
                        - process: {ref: heap-filler}
                """.formatted(HeapFiller.class.getName()));

        assertFatal(
                run(
                        "io.wadi.Launch",
                        List.of("--config", directory.toString()),
                        "-Xmx128m",
                        "-Dwadi.http.port=" + Ports.free(),
                        "-Dwadi.management.port=" + Ports.free()),
                FatalErrors.PREFIX);
    }

    private static void assertFatal(Ended ended, String output) {
        assertThat(ended.code()).as(ended.output()).isEqualTo(FatalErrors.EXIT_CODE);
        assertThat(ended.output()).contains(output);
    }

    private Ended run(String kind, String... options) throws IOException, InterruptedException {
        return run(FatalErrorsMain.class.getName(), List.of(kind), options);
    }

    private Ended run(String main, List<String> arguments, String... options) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(options));
        all.add("-Dlogback.configurationFile="
                + Path.of("src/main/resources/logback.xml").toUri());
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(ChildJvm.plain(main, all, arguments))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(process.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                    .as(() -> "the process ended with the output: " + read(output))
                    .isTrue();
        } finally {
            process.destroyForcibly().waitFor();
        }
        return new Ended(process.exitValue(), read(output));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
