package io.wadi.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The streams of one run of the command line.
 *
 * @param in standard input
 * @param out standard output, for reports
 * @param err standard error, for errors
 * @param console reads passwords; null if the process has none
 */
public record Terminal(InputStream in, PrintStream out, PrintStream err, Console console) {
    /** Asks a question that only "yes" affirms, typed or as the first line of standard input. */
    boolean confirms(String question) throws IOException {
        if (console != null) {
            return "yes".equals(console.readLine("%s", question));
        }
        err.println(question);
        return "yes".equals(firstLine());
    }

    /** Returns the first line of standard input; null if it is empty. */
    String firstLine() throws IOException {
        return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine();
    }
}
