package io.wadi.cli;

import java.io.Console;
import java.io.InputStream;
import java.io.PrintStream;

/**
 * The streams of one run of the command line.
 *
 * @param in standard input
 * @param out standard output, for reports
 * @param err standard error, for errors
 * @param console reads passwords; null if the process has none
 */
public record Terminal(InputStream in, PrintStream out, PrintStream err, Console console) {}
