package io.wadi.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Terminal terminal = new Terminal(InputStream.nullInputStream(), utf8(out), utf8(err), null);

    private static PrintStream utf8(OutputStream out) {
        return new PrintStream(out, true, UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "'k \u001b]0;owned\u0007', 'k \\u001b]0;owned\\u0007'",
        "'a\u0000b\rc\u007fd', 'a\\u0000b\\u000dc\\u007fd'",
        "'\u009b2J\u0080\u009f\u00a0', '\\u009b2J\\u0080\\u009f\u00a0'",
        "'\u00c2\u0082é€😀', '\u00c2\\u0082é€😀'",
        "'\u202a\u202e\u2066\u2069', '\\u202a\\u202e\\u2066\\u2069'",
        "'\u200e\u200f\u061c\u2028\u2029', '\\u200e\\u200f\\u061c\\u2028\\u2029'",
        "'ودي نمی\u200cخواهم שלום \u202f', 'ودي نمی\u200cخواهم שלום \u202f'"
    })
    void hiddenCharacters_areWrittenVisibly(String text, String expected) {
        terminal.out().print(text);
        terminal.err().printf("%s%n", text);

        assertThat(out.toString(UTF_8)).isEqualTo(expected);
        assertThat(err.toString(UTF_8)).isEqualTo(expected + "\n");
    }

    @Test
    void linesAndTabs_areUnchanged_alsoWrittenByteByByte() {
        String text = "a\tb\n\u00a0 é주문😀\n";
        for (byte each : (text + "\u009b\u202e").getBytes(UTF_8)) {
            terminal.out().write(each);
            terminal.out().flush();
        }

        assertThat(out.toString(UTF_8)).isEqualTo(text + "\\u009b\\u202e");
    }

    @Test
    void malformedBytes_areReplaced() {
        for (int each : new int[] {'a', 0x9b, 0xc2, 'b', 0xe2, 0x80, 'c'}) {
            terminal.out().write(each);
        }

        assertThat(out.toString(UTF_8)).isEqualTo("a\ufffd\ufffdb\ufffdc");
    }

    @Test
    void onlyDevicesOfTerminals_areTerminals(@TempDir Path directory) throws IOException {
        assertThat(isTerminal(directory, "/dev/pts/0")).isTrue();
        assertThat(isTerminal(directory, "/dev/tty1")).isTrue();
        assertThat(isTerminal(directory, "/dev/console")).isTrue();
        assertThat(isTerminal(directory, "/dev/null")).isFalse();
        assertThat(isTerminal(directory, "pipe:[17]")).isFalse();
        assertThat(isTerminal(directory, "/home/dev/pts/0")).isFalse();
        assertThat(Terminal.isTerminal(directory.resolve("closed"))).isFalse();
    }

    private static boolean isTerminal(Path directory, String target) throws IOException {
        return Terminal.isTerminal(descriptor(directory, target));
    }

    private static Path descriptor(Path directory, String target) throws IOException {
        Path descriptor = directory.resolve("0");
        Files.deleteIfExists(descriptor);
        return Files.createSymbolicLink(descriptor, Path.of(target));
    }

    private static PrintStream closed() {
        return utf8(new ByteArrayOutputStream() {
            @Override
            public void flush() throws IOException {
                throw new IOException("closed");
            }
        });
    }

    @Test
    void streamError_isReportedByCheckError() {
        Terminal broken = new Terminal(InputStream.nullInputStream(), closed(), closed(), null);
        broken.out().println("a");

        assertThat(broken.out().checkError()).isTrue();
    }

    @Test
    void incompleteOutput_exitsWith2_unlessItsReaderHasClosed(@TempDir Path directory) throws IOException {
        Terminal broken = new Terminal(InputStream.nullInputStream(), closed(), utf8(err), null);
        broken.out().println("a");

        assertThat(broken.exitCode(1, descriptor(directory, "pipe:[17]"))).isEqualTo(1);
        assertThat(err.size()).isZero();
        assertThat(broken.exitCode(0, descriptor(directory, "/data/full"))).isEqualTo(2);
        assertThat(err.toString(UTF_8))
                .startsWith("Could not write all output ")
                .hasLineCount(1);
        assertThat(terminal.exitCode(1, descriptor(directory, "/data/report"))).isEqualTo(1);
    }
}
