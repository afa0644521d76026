package io.wadi.runtime.reload;

import io.wadi.runtime.config.DirectoryListing;
import io.wadi.runtime.config.FileText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of one kind in a directory at one time.
 *
 * @param texts the contents by file name
 * @param saved the modification times by file name, as far as known
 */
record DirectorySnapshot(SortedMap<String, String> texts, Map<String, FileTime> saved) {
    /** The name pattern of route files. */
    static final String ROUTES = "*.camel.yaml";

    DirectorySnapshot {
        texts = Collections.unmodifiableSortedMap(new TreeMap<>(texts));
        saved = Map.copyOf(saved);
    }

    DirectorySnapshot(SortedMap<String, String> texts) {
        this(texts, Map.of());
    }

    /**
     * Reads all files that match a pattern.
     *
     * @param names such as {@code *.yaml}
     * @throws IOException if the directory or a file cannot be read, or a file is not UTF-8
     */
    static DirectorySnapshot read(Path directory, String names) throws IOException {
        SortedMap<String, String> texts = new TreeMap<>();
        Map<String, FileTime> saved = new HashMap<>();
        for (Path file : DirectoryListing.of(directory, names)) {
            readInto(texts, saved, file);
        }
        return new DirectorySnapshot(texts, saved);
    }

    /**
     * Returns a copy with one file changed, or removed if the text is empty.
     *
     * @param time the file's modification time; null if it is unknown
     */
    DirectorySnapshot with(String name, Optional<String> text, FileTime time) {
        SortedMap<String, String> changedTexts = new TreeMap<>(texts);
        text.ifPresentOrElse(content -> changedTexts.put(name, content), () -> changedTexts.remove(name));
        Map<String, FileTime> changedTimes = new HashMap<>(saved);
        changedTimes.remove(name);
        if (time != null) {
            changedTimes.put(name, time);
        }
        return new DirectorySnapshot(changedTexts, changedTimes);
    }

    /**
     * Returns this snapshot if its files are complete.
     *
     * @throws RejectedChangeException if a file does not end with a line break
     */
    DirectorySnapshot whole() throws RejectedChangeException {
        List<String> cutOff = texts.entrySet().stream()
                .filter(file -> !file.getValue().endsWith("\n"))
                .map(file -> file.getKey()
                        + " does not end with a line break, so it may be incomplete: end the last line with one")
                .toList();
        if (!cutOff.isEmpty()) {
            throw new RejectedChangeException(cutOff);
        }
        return this;
    }

    private static void readInto(SortedMap<String, String> texts, Map<String, FileTime> saved, Path file)
            throws IOException {
        String name = file.getFileName().toString();
        try {
            saved.put(name, Files.getLastModifiedTime(file));
            texts.put(name, text(file));
        } catch (NoSuchFileException gone) {
            // Deleted after the directory was listed.
            saved.remove(name);
        }
    }

    /**
     * Reads a file.
     *
     * @throws IOException if the file cannot be read or is not UTF-8
     */
    static String text(Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        try {
            return FileText.of(file.getFileName().toString(), content);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }
}
