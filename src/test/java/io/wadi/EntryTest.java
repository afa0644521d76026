package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.cli.Cli;
import io.wadi.local.ChildJvm;
import io.wadi.runtime.ExitCode;
import io.wadi.runtime.NotStartedException;
import io.wadi.runtime.config.Version;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.TestedCommand;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EntryTest {
    private static final Pattern COMMANDS = Pattern.compile("(?m)^commands='(.*)'$");

    @TempDir
    private Path lib;

    @Test
    void secondJarThatCannotBeOpened_isReported() throws Exception {
        Path good = lib.resolve("good.jar");
        new JarOutputStream(Files.newOutputStream(good)).close();
        Path bad = Files.writeString(lib.resolve("bad.jar"), "no jar");

        Entry.checkJars("target/wadi.jar:" + good + ":" + lib.resolve("none.jar") + ":lib/*");
        assertThatExceptionOfType(NotStartedException.class)
                .isThrownBy(() -> Entry.checkJars("target/wadi.jar:" + good + ":" + bad))
                .withMessageStartingWith(bad + " cannot be loaded: ")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ExitCode.CONFIGURATION));
    }

    @Test
    void version_includesTheCommit() {
        assertThat(TestedCommand.run("--version").out().strip())
                .isEqualTo("Wadi %s (commit %s)".formatted(Version.CURRENT, Version.COMMIT));
    }

    @Test
    void outputToAFullDisk_exitsWith2() throws Exception {
        ProcessBuilder command =
                new ProcessBuilder(ChildJvm.command("io.wadi.Launch", List.of(), List.of("completion")));

        assertThat(CommandProcess.end(command.redirectOutput(new File("/dev/full"))))
                .isEqualTo(new CommandProcess(
                        2,
                        "",
                        "Could not write all output to standard output; expected a writable file with free space.\n"));
    }

    /** Java 22 to 24 have a console for redirected streams, too. */
    @Test
    void redirectedStreams_areNoConsole() throws Exception {
        Path input = Files.writeString(lib.resolve("input"), "correct horse\n");
        ProcessBuilder command =
                new ProcessBuilder(ChildJvm.command("io.wadi.Launch", List.of(), List.of("users", "hash", "otto")));

        CommandProcess made = CommandProcess.end(command.redirectInput(input.toFile()));

        assertThat(made.code()).as(made.err()).isZero();
        assertThat(made.out()).hasLineCount(2).doesNotContain("Password of otto");
    }

    @Test
    void help_listsAllExitCodes() {
        List<String> output = TestedCommand.run("--help")
                .out()
                .lines()
                .dropWhile(line -> !line.startsWith("Exit codes"))
                .toList();

        assertThat(Arrays.stream(ExitCode.values()).map(code -> "  %d ".formatted(code.number())))
                .allSatisfy(code -> assertThat(output).anyMatch(line -> line.startsWith(code)));
    }

    @Test
    void launcher_forwardsAllCommands() throws Exception {
        String launcher = Files.readString(Path.of("wadi"), UTF_8);

        assertThat(COMMANDS.matcher(launcher)
                        .results()
                        .map(found -> List.of(found.group(1).split(" "))))
                .containsExactly(Cli.COMMANDS);
    }
}
