package io.wadi.local;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/** What a person sees of {@code ./wadi up}: plain lines, with colours only where the launcher found a terminal. */
public final class Terminal {
    private static final String RED = "\033[31m";
    private static final String BOLD = "\033[1m";
    private static final String PLAIN = "\033[0m";

    private final PrintStream out;
    private final boolean colours;

    /** One that paints, or not. */
    public Terminal(boolean colours) {
        this.out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        this.colours = colours;
    }

    /** A line as it is. */
    public void say(String line) {
        out.println(line);
    }

    /** Something that begins, and what follows it is part of. */
    public void step(String line) {
        out.println(paint(BOLD, line));
    }

    /** A part of the last step that is done. */
    public void done(String what, String how, Duration took) {
        out.println(String.format(Locale.ROOT, "  %-14s %s in %.1f s", what, how, took.toMillis() / 1000.0));
    }

    /** Something a person should look at. */
    public void problem(String line) {
        out.println(paint(RED, line));
    }

    private String paint(String colour, String line) {
        return colours ? colour + line + PLAIN : line;
    }
}
