package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.ChildJvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The result of a command that has exited.
 *
 * @param code the exit code
 * @param out the standard output
 * @param err the standard error
 */
public record CommandProcess(int code, String out, String err) {
    /** Runs a command line as the launcher does, and returns when it has exited. */
    public static CommandProcess run(Map<String, String> environment, List<String> arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(ChildJvm.command("io.wadi.Launch", List.of(), arguments));
        builder.environment().putAll(environment);
        return end(builder);
    }

    /**
     * Starts a process and returns when it has exited. The process is killed if it does not exit in time, or if this
     * thread is interrupted.
     */
    public static CommandProcess end(ProcessBuilder builder) throws IOException, InterruptedException {
        // Reading from a pipe can neither time out nor be interrupted.
        Path out = Files.createTempFile("command", ".out");
        Path err = Files.createTempFile("command", ".err");
        try {
            if (builder.redirectOutput().equals(ProcessBuilder.Redirect.PIPE)) {
                builder.redirectOutput(out.toFile());
            }
            Process process = builder.redirectError(err.toFile()).start();
            try {
                assertThat(process.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                        .as(() -> "the process has ended, with the output %s and the errors %s"
                                .formatted(read(out), read(err)))
                        .isTrue();
                return new CommandProcess(process.exitValue(), read(out), read(err));
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
