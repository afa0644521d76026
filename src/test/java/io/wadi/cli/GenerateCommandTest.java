package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.CommandProcess;
import io.wadi.testing.TestedCommand;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class GenerateCommandTest {
    /** A pipe with a reader that closes it after some lines, as {@code head} does. */
    private static final class ClosedPipe extends OutputStream {
        private static final int LINES = 10;

        private int lines;

        @Override
        public void write(int one) {
            lines += one == '\n' ? 1 : 0;
        }

        @Override
        public void flush() throws IOException {
            if (lines >= LINES) {
                throw new IOException("Broken pipe");
            }
        }
    }

    @Test
    void closedPipe_endsTheCommand() {
        ClosedPipe pipe = new ClosedPipe();
        Terminal terminal =
                new Terminal(InputStream.nullInputStream(), new PrintStream(pipe, true, UTF_8), System.err, null);

        int code = Cli.run(
                terminal, configuration -> {}, "generate", "payments", "--print", "--cards", "100", "--days", "100");

        assertThat(code).isZero();
        assertThat(pipe.lines).isEqualTo(ClosedPipe.LINES);
    }

    @Test
    void dayBeyondTheRangeOfTimes_isAUsageError() {
        assertThat(TestedCommand.run("generate", "payments", "--print", "--from", "+999999999-12-31"))
                .isEqualTo(
                        new CommandProcess(
                                2,
                                "",
                                "--from is \"+999999999-12-31\", expected a day such as 2026-01-01. See wadi generate payments --help\n"));
    }
}
