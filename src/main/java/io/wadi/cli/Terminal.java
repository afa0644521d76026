package io.wadi.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
     * Creates a terminal with output that escapes control characters other than line feeds and tabs. Otherwise senders
     * of records could write to the operator's clipboard or forge lines. Control characters are escaped as in JSON,
     * such as {@code \\u001b}.
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

    /** A stream of UTF-8 that escapes control characters. */
    private static final class VisibleOutput extends OutputStream {
        /** The first byte of the characters U+0080 to U+00BF; U+0080 to U+009F are control characters. */
        private static final int LEAD = 0xc2;

        private final PrintStream target;
        private boolean isAfterLead;

        private VisibleOutput(PrintStream target) {
            this.target = target;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) {
            int written = from;
            for (int i = from; i < from + length; i++) {
                int one = bytes[i] & 0xff;
                if (isAfterLead || one == LEAD || isControl(one)) {
                    target.write(bytes, written, i - written);
                    written = i + 1;
                    visible(one);
                }
            }
            target.write(bytes, written, from + length - written);
        }

        private static boolean isControl(int one) {
            return (one < ' ' && one != '\n' && one != '\t') || one == 0x7f;
        }

        private void visible(int one) {
            boolean isSecond = isAfterLead && one >= 0x80;
            isAfterLead = !isSecond && one == LEAD;
            if (isSecond && one > 0x9f) {
                target.write(LEAD);
                target.write(one);
            } else if (isSecond || isControl(one)) {
                byte[] text = "\\u%04x".formatted(one).getBytes(StandardCharsets.US_ASCII);
                target.write(text, 0, text.length);
            } else if (!isAfterLead) {
                target.write(one);
            }
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
