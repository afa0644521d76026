package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.TestedCommand;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class CliTest {
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private final OutputStream failing = new OutputStream() {
        @Override
        public void write(int b) {
            throw new NoClassDefFoundError("x/Y");
        }
    };

    private final Terminal terminal = new Terminal(
            InputStream.nullInputStream(),
            new PrintStream(failing, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            null);

    @Test
    void errorOfTheJvm_isNotAResultOfTheCommand() {
        assertThat(Cli.run(terminal, configuration -> {}, "completion")).isEqualTo(2);
        assertThat(err.toString(UTF_8)).startsWith("java.lang.NoClassDefFoundError: x/Y");
    }

    @Test
    void waitBeyondTheRangeOfTimes_isAUsageError() {
        for (String wait : List.of("366d", "999999999999d", "999999999999999d")) {
            assertThat(TestedCommand.run("complete", "a", "--before", "1h", "--wait", wait))
                    .isEqualTo(new CommandProcess(
                            2,
                            "",
                            "--wait is \"%s\", expected a duration such as 30s, of at most 365d. See wadi complete --help\n"
                                    .formatted(wait)));
        }
    }

    @Test
    void errorOfTheJvm_inThePipeline_isThrown() {
        assertThatThrownBy(() -> Cli.run(
                        terminal,
                        configuration -> {
                            throw new NoClassDefFoundError("x/Y");
                        },
                        "--config=."))
                .isInstanceOf(NoClassDefFoundError.class);
    }
}
