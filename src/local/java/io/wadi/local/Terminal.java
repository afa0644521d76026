package io.wadi.local;

import io.wadi.kafka.Causes;
import io.wadi.runtime.config.SettingsException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;

/** The terminal output of {@code ./wadi up}: lines, in color if the launcher has found a terminal. */
public final class Terminal {
    private static final String RED = "\033[31m";
    private static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";

    private final PrintStream out;
    private final boolean colors;

    public Terminal(boolean colors) {
        this.out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        this.colors = colors;
    }

    /** Prints a line. */
    public void println(String line) {
        out.println(line);
    }

    /** Prints the beginning of a step. */
    public void step(String line) {
        out.println(paint(BOLD, line));
    }

    /** Prints a completed part of the last step. */
    public void done(String what, String how, Duration took) {
        out.println(String.format(Locale.ROOT, "  %-14s %s in %.1f s", what, how, took.toMillis() / 1000.0));
    }

    /** Prints a problem. */
    public void problem(String line) {
        out.println(paint(RED, line));
    }

    /**
     * Runs a tool and prints the reason of a failure, also of an unexpected one: without a handler, an exception would
     * end the main thread only, while threads of servers run on.
     *
     * @param failed the exit code of a tool that failed
     * @return the exit code
     */
    public int run(Callable<Integer> tool, int failed) {
        try {
            return tool.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SettingsException e) {
            e.mistakes().forEach(this::problem);
        } catch (IllegalArgumentException | IOException e) {
            problem(e.getMessage());
        } catch (KafkaException e) {
            problem(Causes.inShort(e));
        } catch (Exception | AssertionError e) {
            e.printStackTrace(out);
            problem("Unexpected error: " + e);
        }
        return failed;
    }

    private String paint(String color, String line) {
        return colors ? color + line + PLAIN : line;
    }
}
