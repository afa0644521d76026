package io.wadi.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A project directory with the launcher and the files of a build, so that commands run without building. */
public final class InstalledProject {
    private final Path home;
    private final Path configuration;
    private final Path log;

    private InstalledProject(Path home, Path configuration, Path log) {
        this.home = home;
        this.configuration = configuration;
        this.log = log;
    }

    /**
     * Creates the project in the subdirectory {@code home}, which is also the configuration directory of its commands.
     *
     * @param log the file for the output of commands
     */
    public static InstalledProject in(Path directory, Path log) throws IOException {
        Path home = directory.resolve("home");
        Path target = Files.createDirectories(home.resolve("target"));
        Files.createDirectories(home.resolve("lib"));
        Files.createDirectories(target.resolve("test-classes"));
        Files.createDirectories(target.resolve("elasticsearch"));
        for (String file : List.of("wadi", "jvm.options")) {
            Files.copy(Path.of(file), home.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Path jar = Path.of("target/wadi.jar").toAbsolutePath();
        assertThat(jar).as("run mvn -q -DskipTests package before").exists();
        Files.createSymbolicLink(target.resolve("wadi.jar"), jar);
        for (String file : List.of("test.classpath", "wadi.built")) {
            Files.createFile(target.resolve(file));
        }
        return new InstalledProject(home, directory, log);
    }

    /** Returns the path of a jar in {@code lib/}. */
    public Path library(String jar) {
        return home.resolve("lib").resolve(jar);
    }

    /** Starts {@code ./wadi COMMAND} with environment variables. */
    public Process launch(Map<String, String> environment, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of(home.resolve("wadi").toString()));
        all.addAll(List.of(command));
        all.addAll(List.of("--config", configuration.toString()));
        ProcessBuilder launcher =
                new ProcessBuilder(all).redirectErrorStream(true).redirectOutput(log.toFile());
        launcher.environment().put("JAVA_HOME", System.getProperty("java.home"));
        launcher.environment().putAll(environment);
        return launcher.start();
    }

    /** Waits until the process exits, and returns the exit code; a process that does not exit is killed. */
    public static int end(Process process) throws InterruptedException {
        try {
            assertThat(process.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }
}
