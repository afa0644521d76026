package io.wadi.cli;

import io.wadi.runtime.telemetry.VisibleText;
import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The streams of one run of the command line.
 *
 * @param in standard input
 * @param out standard output, for reports
 * @param err standard error, for errors
 * @param console reads passwords; null if the process has none
 */
public record Terminal(InputStream in, PrintStream out, PrintStream err, Console console) {
    /**
     * Returns the console of this process; null if standard input or output is redirected. With a redirection, Java 22
     * to 24 have a console, too, for which {@code Console.isTerminal()} is false.
     */
    public static Console interactiveConsole() {
        return Optional.ofNullable(System.console())
                .filter(Terminal::isTerminal)
                .orElse(null);
    }

    private static boolean isTerminal(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException olderJava) {
            return true;
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("Console.isTerminal", e);
        }
    }

    /**
     * Creates a terminal with output that escapes the hidden characters of records, as defined by {@link VisibleText}.
     */
    public Terminal {
        out = new PrintStream(new VisibleOutput(out), true, StandardCharsets.UTF_8);
        err = new PrintStream(new VisibleOutput(err), true, StandardCharsets.UTF_8);
    }

    /** Prompts for a confirmation. Returns whether the answer, or the first line of standard input, is "yes". */
    boolean confirms(String question) throws IOException {
        if (console != null) {
            return "yes".equals(console.readLine("%s", question));
        }
        err.println(question);
        return "yes".equals(firstLine());
    }

    /**
     * Prompts for a password, or returns the first line of standard input.
     *
     * @param name what to prompt for, such as "Password of vera"
     * @throws IllegalArgumentException if there is none, or if the terminal would show it
     */
    char[] password(String name) throws IOException {
        if (showsInput()) {
            throw new IllegalArgumentException("The terminal would show the password, because standard output is"
                    + " redirected: run the command without the redirection, or pass the password as a line of standard"
                    + " input.");
        }
        String line = console == null ? firstLine() : null;
        char[] password =
                console == null ? line == null ? null : line.toCharArray() : console.readPassword("%s: ", name);
        if (password == null) {
            throw new IllegalArgumentException("No password: type it, or pass it as a line of standard input.");
        }
        return password;
    }

    /** Returns whether the terminal shows typed passwords: the JVM has no console if standard output is redirected. */
    private boolean showsInput() {
        return in == System.in && isTerminal(Path.of("/proc/self/fd/0")) && !isTerminal(Path.of("/proc/self/fd/1"));
    }

    /** Returns whether a file descriptor in /proc belongs to a terminal. */
    static boolean isTerminal(Path descriptor) {
        return target(descriptor).matches("/dev/(pts/\\d+|tty\\w*|console)");
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * Returns the exit code of the process: that of the command, or 2 if standard output is incomplete, as on a full
     * disk. A closed pipe is no failure: its reader, such as {@code head}, has read enough.
     *
     * @param output the file descriptor of standard output in /proc
     */
    public int exitCode(int code, Path output) {
        if (!out.checkError() || target(output).matches("(pipe|socket):.*")) {
            return code;
        }
        err.println("Could not write all output to standard output; expected a writable file with free space.");
        return OperatorCommand.NOT_DONE;
    }

    /** Returns the first line of standard input; null if it is empty. */
    String firstLine() throws IOException {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
    }

    /** A stream of UTF-8 that escapes hidden characters, also if their bytes arrive in several writes. */
    private static final class VisibleOutput extends OutputStream {
        /** Writes U+FFFD for malformed bytes. */
        private final CharsetDecoder decoder =
                StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE);

        private final PrintStream target;
        /** The bytes of an incomplete character. */
        private byte[] incomplete = {};

        private VisibleOutput(PrintStream target) {
            this.target = target;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            ByteBuffer undecoded = ByteBuffer.allocate(incomplete.length + length)
                    .put(incomplete)
                    .put(bytes, from, length)
                    .flip();
            CharBuffer decoded = CharBuffer.allocate(undecoded.remaining());
            decoder.decode(undecoded, decoded, false);
            incomplete = Arrays.copyOfRange(undecoded.array(), undecoded.position(), undecoded.limit());
            byte[] visible = VisibleText.escape(decoded.flip().toString()).getBytes(StandardCharsets.UTF_8);
            target.write(visible, 0, visible.length);
        }

        /**
         * Throws an exception if the target has recorded an error, so that the outer print stream records it as well.
         */
        @Override
        public void flush() throws IOException {
            if (target.checkError()) {
                throw new IOException("standard output or error is closed");
            }
        }
    }
}
