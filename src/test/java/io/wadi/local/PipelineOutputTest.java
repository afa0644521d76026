package io.wadi.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
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

    @Test
    void fullLog_isBegunAgain_andTheLastTwoAreKept(@TempDir Path directory) throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        PipelineOutput output = new PipelineOutput(log, new Terminal(false), 8);

        output.follow(new ByteArrayInputStream("one\ntwo\nthree\nfour\nfive\nsix\nseven\n".getBytes(UTF_8)))
                .join();

        assertThat(log).content().isEqualTo("seven\n");
        assertThat(directory.resolve("log.1")).content().isEqualTo("five\nsix\n");
        assertThat(directory.resolve("log.2")).content().isEqualTo("three\nfour\n");
        assertThat(output.lastLines()).hasSize(7);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(3);
        }
    }
}
