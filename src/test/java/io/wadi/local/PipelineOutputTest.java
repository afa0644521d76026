package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;

class PipelineOutputTest {
    /** As at a second Ctrl-C: the JVM closes the stream while the thread reads it. */
    @RepeatedTest(10)
    void killedProcess_endsTheThreadWithoutAnError(@TempDir Path directory) throws IOException, InterruptedException {
        ChildProcess process = ChildProcess.start(
                List.of(), List.of("sleep", "60"), Map.of(), directory, ProcessBuilder.Redirect.PIPE);
        Thread thread = new PipelineOutput(directory.resolve("log"), new Terminal(false)).follow(process.output());
        AtomicReference<Throwable> error = new AtomicReference<>();
        thread.setUncaughtExceptionHandler((of, thrown) -> error.set(thrown));

        process.kill();
        thread.join();

        assertThat(error.get()).isNull();
    }
}
