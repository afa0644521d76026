package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.metrics.alerts.AlertRules;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.watch.WatchedValue;
import io.wadi.runtime.watch.Watcher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
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
    /**
     * The content at the last check, and the last content that two consecutive checks found; guarded by the watched
     * value.
     */
    private byte[] found;

    private byte[] settled;

    /** Valid rules as text; each task parses its own copy, because {@link AlertRules} is not thread-safe. */
    record Rules(String yaml) {}

    private ActiveRules(Path file, Duration hostTtl) throws IOException {
        this.file = file;
        this.hostTtl = hostTtl;
        try (InputStream own = ActiveRules.class.getResourceAsStream("/alerts.yaml")) {
            found = Files.exists(file) ? Files.readAllBytes(file) : own.readAllBytes();
        }
        settled = found;
        rules = WatchedValue.of("Alert rules file " + file, this::content, this::parse);
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
        } catch (IOException e) {
            throw new SettingsException(List.of(file + ": reading the alert rules failed: " + e.getMessage()));
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
        byte[] before = found;
        // Without a file the running rules stay in use.
        isFileMissing = Files.notExists(file);
        found = isFileMissing ? null : Files.readAllBytes(file);
        if (found != null && Arrays.equals(found, before)) {
            settled = found;
        }
        return settled;
    }

    private Rules parse(byte[] content) {
        String yaml = new String(content, UTF_8);
        try {
            AlertRules.parse(yaml, hostTtl);
        } catch (SettingsException e) {
            mistakes = e.mistakes();
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        mistakes = List.of();
        return new Rules(yaml);
    }

    /**
     * Returns the errors in the current file, each with line and column; empty if its rules are running or it was
     * deleted.
     */
    public List<String> mistakes() {
        return isFileMissing ? List.of() : mistakes;
    }

    Rules get() {
        return rules.get();
    }
}
