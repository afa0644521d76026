package io.wadi;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.runtime.ExitCode;
import io.wadi.runtime.NotStartedException;
import io.wadi.testing.CommandProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** Starts with configurations that have mistakes, and returns what is reported. */
abstract class WadiStartTestSupport {
    @TempDir
    Path directory;

    void configure(String... properties) throws IOException {
        Files.write(directory.resolve("application.properties"), List.of(properties));
    }

    /** Returns the configuration errors that a start with this configuration reports. */
    String start() {
        Wadi wadi = new Wadi(directory, Map.of());
        try {
            wadi.start();
            throw new AssertionError("It has started");
        } catch (Exception e) {
            NotStartedException why = wadi.notStarted(e);
            assertThat(why.code()).as(why.getMessage()).isEqualTo(ExitCode.CONFIGURATION);
            return why.report();
        } finally {
            wadi.close();
        }
    }

    /**
     * Runs a process with this configuration until it ends.
     *
     * @param code the expected exit code
     * @return the error output
     */
    static String process(int code, String... arguments) throws Exception {
        CommandProcess ended = CommandProcess.run(Map.of(), List.of(arguments));
        assertThat(ended.code()).as(ended.err()).isEqualTo(code);
        return ended.err();
    }
}
