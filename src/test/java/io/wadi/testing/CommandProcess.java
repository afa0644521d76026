package io.wadi.testing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.ChildJvm;
import java.io.IOException;
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

    /** Starts a process and returns when it has exited. */
    public static CommandProcess end(ProcessBuilder builder) throws IOException, InterruptedException {
        Path err = Files.createTempFile("command", ".err");
        Process process =
                builder.redirectError(ProcessBuilder.Redirect.to(err.toFile())).start();
        try {
            String out = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(ChildJvm.START_TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            return new CommandProcess(process.exitValue(), out, Files.readString(err));
        } finally {
            process.destroyForcibly();
            Files.delete(err);
        }
    }
}
