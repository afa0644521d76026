package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.metrics.alerts.AlertRules;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.watch.Watcher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running alert rules: the last valid content of the rules file, reloaded by {@link #check}. Thread-safe.
 */
public final class ActiveRules implements Watcher.Check {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveRules.class);

    private final Path file;
    private volatile Rules current;
    private volatile List<String> mistakes = List.of();
    /** The content at the last check, and the content last parsed; guarded by this. */
    private String found;

    private String checked;

    /** The text of valid rules; each task parses its own copy, because {@link AlertRules} is not thread-safe. */
    record Rules(String yaml) {}

    private ActiveRules(Path file, String yaml) {
        this.file = file;
        this.current = new Rules(yaml);
        this.found = yaml;
        this.checked = yaml;
    }

    /**
     * Reads the rules file, or the jar's own rules if it does not exist.
     *
     * @throws SettingsException with all errors, each with line and column
     */
    public static ActiveRules read(String file) {
        Path path = Path.of(file);
        try (InputStream stream = Files.exists(path)
                ? Files.newInputStream(path)
                : ActiveRules.class.getResourceAsStream("/alerts.yaml")) {
            String yaml = new String(stream.readAllBytes(), UTF_8);
            AlertRules.parse(yaml);
            return new ActiveRules(path, yaml);
        } catch (IOException e) {
            throw new SettingsException(List.of(file + ": reading the alert rules failed: " + e.getMessage()));
        }
    }

    /**
     * Checks the file for changes. A change takes effect once two checks in a row find the same valid content, so that
     * a partly written file is not applied; an invalid or unreadable file is logged once and the running rules are
     * kept.
     */
    @Override
    public synchronized boolean check() {
        String before = found;
        try {
            found = Files.readString(file);
        } catch (IOException e) {
            // Without a file the jar's own rules stay in use.
            found = null;
            if (before != null && Files.exists(file)) {
                LOG.warn("Alert rules {}: reading failed, keeping the running rules: {}", file, e.toString());
            }
        }
        if (found != null && found.equals(before) && !found.equals(checked)) {
            checked = found;
            evaluate(found);
        }
        return found != null;
    }

    private void evaluate(String yaml) {
        try {
            AlertRules.parse(yaml);
            mistakes = List.of();
            if (!yaml.equals(current.yaml())) {
                current = new Rules(yaml);
                LOG.info("Alert rules {}: reloaded", file);
            }
        } catch (SettingsException e) {
            mistakes = e.mistakes();
            LOG.warn("Alert rules {}: rejected an invalid change, keeping the running rules", file);
            mistakes.forEach(declaredDifference -> LOG.warn("{}", declaredDifference));
        }
    }

    /** The errors in the current file, each with line and column; empty if its rules are running. */
    public List<String> mistakes() {
        return mistakes;
    }

    Rules get() {
        return current;
    }
}
