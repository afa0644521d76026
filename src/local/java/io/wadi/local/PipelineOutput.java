package io.wadi.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Copies the pipeline's output to a file, of which the last two parts are kept when it is full, and warnings and errors
 * also to the terminal, limited to the first few of every ten seconds.
 */
final class PipelineOutput {
    private static final Pattern WARNING = Pattern.compile("^.{0,50}\\b(WARN|ERROR)\\b");
    private static final int KEPT_LINES = 20;
    private static final int SHOWN_AT_ONCE = 5;
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final long MAX_CHARACTERS = 10 << 20;

    private final Path log;
    private final long maxCharacters;
    private final Terminal terminal;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private Instant windowEnd = Instant.MIN;
    private int shown;

    PipelineOutput(Path log, Terminal terminal) {
        this(log, terminal, MAX_CHARACTERS);
    }

    /** Creates an instance with this number of characters after which the file is renamed and begun again. */
    PipelineOutput(Path log, Terminal terminal, long maxCharacters) {
        this.log = log;
        this.maxCharacters = maxCharacters;
        this.terminal = terminal;
    }

    /** Starts a thread that copies the stream and ends with it. */
    Thread follow(InputStream output) {
        Thread thread = new Thread(() -> read(output), "pipeline-output");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Returns the last lines since the last {@link #clear}. */
    synchronized List<String> lastLines() {
        return List.copyOf(lastLines);
    }

    /** Clears {@link #lastLines}. */
    synchronized void clear() {
        lastLines.clear();
    }

    private void read(InputStream output) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
            while (!copy(lines)) {
                Logs.keepPrevious(log);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Copies lines to a new file until it is full; returns whether the output has ended. */
    private boolean copy(BufferedReader lines) throws IOException {
        try (PrintWriter file = new PrintWriter(Files.newBufferedWriter(log), true)) {
            for (long characters = 0; characters < maxCharacters; ) {
                String line = next(lines);
                if (line == null) {
                    return true;
                }
                file.println(line);
                characters += line.length() + 1L;
                keep(line);
                if (WARNING.matcher(line).find()) {
                    show(line);
                }
            }
        }
        return false;
    }

    /** Returns the next line; null at the end of the output, also if a kill has closed the stream meanwhile. */
    private static String next(BufferedReader lines) {
        try {
            return lines.readLine();
        } catch (IOException closed) {
            return null;
        }
    }

    private synchronized void keep(String line) {
        if (lastLines.size() == KEPT_LINES) {
            lastLines.removeFirst();
        }
        lastLines.addLast(line);
    }

    private void show(String line) {
        Instant now = Instant.now();
        if (now.isAfter(windowEnd)) {
            windowEnd = now.plus(WINDOW);
            shown = 0;
        }
        shown++;
        if (shown <= SHOWN_AT_ONCE) {
            terminal.problem("  pipeline: " + line);
        } else if (shown == SHOWN_AT_ONCE + 1) {
            terminal.problem("  pipeline: … more of these, see " + log);
        }
    }
}
