package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.metrics.alerts.AlertRules;
import io.wadi.runtime.config.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rules that hold now: those of a file, as it was when it last had no mistakes. It can be looked at again and again.
 * Thread-safe.
 */
public final class ActiveRules {
    private static final Logger LOG = LoggerFactory.getLogger(ActiveRules.class);

    private final Path file;
    private volatile Rules current;
    private volatile List<String> mistakes = List.of();
    /** What the last look found, and what was judged last; guarded by this. */
    private String found;

    private String judged;

    /** A file of rules that has no mistakes. Each who asks them has to parse it for himself. */
    record Rules(String yaml) {}

    private ActiveRules(Path file, String yaml) {
        this.file = file;
        this.current = new Rules(yaml);
        this.found = yaml;
        this.judged = yaml;
    }

    /**
     * Reads the rules of a file, or the jar's own where there is no such file.
     *
     * @throws SettingsException with all mistakes, each with line and column
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
            throw new SettingsException(List.of(file + " cannot be read: " + e.getMessage()));
        }
    }

    /**
     * Looks at the file. What two looks in a row find, so that nobody is writing it just now, takes force where it has no
     * mistakes; where it has some, or cannot be read, the log says so once, and the rules stay.
     */
    public synchronized void look() {
        String before = found;
        try {
            found = Files.readString(file);
        } catch (IOException e) {
            // The jar's own rules hold where there is no file from the beginning.
            found = null;
            if (before != null && Files.exists(file)) {
                LOG.warn("{} cannot be read, the rules stay as they are: {}", file, e.toString());
            }
        }
        if (found != null && found.equals(before) && !found.equals(judged)) {
            judged = found;
            judge(found);
        }
    }

    private void judge(String yaml) {
        try {
            AlertRules.parse(yaml);
            mistakes = List.of();
            if (!yaml.equals(current.yaml())) {
                current = new Rules(yaml);
                LOG.info("{} has changed, its rules hold from now on", file);
            }
        } catch (SettingsException e) {
            mistakes = e.mistakes();
            LOG.warn("{} has changed and has mistakes, the rules stay as they are", file);
            mistakes.forEach(mistake -> LOG.warn("{}", mistake));
        }
    }

    /** What is wrong with the file as it is now, each with line and column; nothing where it holds. */
    public List<String> mistakes() {
        return mistakes;
    }

    Rules get() {
        return current;
    }
}
