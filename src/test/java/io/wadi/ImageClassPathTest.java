package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.testing.CommandProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The class path of the image's pipeline and commands, which includes the documented directory for other jars. */
final class ImageClassPathTest {
    private static final Pattern ENTRYPOINT = Pattern.compile("(?m)^ENTRYPOINT (.*)$");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| your own jars \\| `([^`]+)`");

    @TempDir
    private Path directory;

    @Test
    void pipeline_includesTheJarsInLib() throws Exception {
        String[] entrypoint =
                new ObjectMapper().readValue(found(ENTRYPOINT, Path.of("docker/Dockerfile")), String[].class);

        assertClassPath(entrypoint);
    }

    /** A script takes the place of Java and prints its arguments. */
    @Test
    void commands_includeTheJarsInLib() throws Exception {
        Path java = Files.writeString(directory.resolve("java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        ProcessBuilder command = new ProcessBuilder("bash", "docker/wadi", "topics").redirectErrorStream(true);
        command.environment().merge("PATH", directory.toString(), (path, first) -> first + ":" + path);

        CommandProcess ended = CommandProcess.end(command);

        assertClassPath(ended.out().lines().toArray(String[]::new));
        assertThat(ended.code()).isZero();
    }

    private static void assertClassPath(String... arguments) throws Exception {
        String lib = found(DOCUMENTED, Path.of("docs/how-to/deploy.md"));

        assertThat(arguments).containsSequence("-cp", "/opt/wadi/wadi.jar:" + lib + "/*", "io.wadi.Launch");
    }

    private static String found(Pattern pattern, Path file) throws Exception {
        Matcher matcher = pattern.matcher(Files.readString(file));
        assertThat(matcher.find()).as("%s in %s", pattern, file).isTrue();
        return matcher.group(1);
    }
}
