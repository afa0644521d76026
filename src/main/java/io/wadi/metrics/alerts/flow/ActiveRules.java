package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.metrics.alerts.AlertRules;
import io.wadi.runtime.config.FileText;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.watch.WatchedValue;
import io.wadi.runtime.watch.Watcher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * The running alert rules: the last valid content of the rules file. A change takes effect once two consecutive checks
 * find the same valid content, so that a partly written file is not applied. Thread-safe.
 */
public final class ActiveRules implements Watcher.Check {
    private final Path file;
    private final Duration hostTtl;
    private final WatchedValue<Rules> rules;
    private volatile List<String> mistakes = List.of();
    private volatile boolean isFileMissing;
    /** Why the last check could not read the file; null if it could, or if the file does not exist. */
    private volatile String readError;

    /** Valid rules as text; each task parses its own copy, because {@link AlertRules} is not thread-safe. */
    record Rules(String yaml) {}

    private ActiveRules(Path file, Duration hostTtl) {
        this.file = file;
        this.hostTtl = hostTtl;
        rules = WatchedValue.confirmed("Alert rules file " + file, this::content, this::parse);
    }

    /**
     * Reads the rules file, or the jar's own rules if it does not exist.
     *
     * @param hostTtl see {@link AlertRules#parse(String, Duration)}
     * @throws SettingsException with all errors, each with line and column
     */
    public static ActiveRules read(String file, Duration hostTtl) {
        try {
            return new ActiveRules(Path.of(file), hostTtl);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage().lines().toList());
        }
    }

    /** Checks the file for a change. An invalid or unreadable file is logged once, and the running rules are kept. */
    @Override
    public boolean check() throws InterruptedException {
        return rules.check();
    }

    private byte[] content() throws IOException {
        try {
            byte[] content = read();
            readError = null;
            return content;
        } catch (IOException e) {
            readError = "alerts.yaml: cannot be read: " + e;
            throw e;
        }
    }

    private byte[] read() throws IOException {
        isFileMissing = Files.notExists(file);
        if (!isFileMissing) {
            return Files.readAllBytes(file);
        }
        if (rules != null) {
            return rules.get().yaml().getBytes(UTF_8); // Without a file the running rules stay in use.
        }
        try (InputStream own = ActiveRules.class.getResourceAsStream("/alerts.yaml")) {
            return own.readAllBytes();
        }
    }

    private Rules parse(byte[] content) {
        try {
            String yaml = FileText.of("alerts.yaml", content);
            AlertRules.parse(yaml, hostTtl);
            mistakes = List.of();
            return new Rules(yaml);
        } catch (SettingsException e) {
            mistakes = e.mistakes();
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            mistakes = List.of(e.getMessage());
            throw e;
        }
    }

    /**
     * Returns the errors in the current file, each with line and column, or why it cannot be read; empty if its rules
     * are running or it was deleted.
     */
    public List<String> mistakes() {
        String unread = readError;
        if (unread != null) {
            return List.of(unread);
        }
        return isFileMissing ? List.of() : mistakes;
    }

    Rules get() {
        return rules.get();
    }
}
