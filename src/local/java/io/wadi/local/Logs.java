package io.wadi.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Log files of child processes. */
final class Logs {
    private Logs() {}

    /** Renames an existing log with the suffix {@code .1}, and an older one with {@code .2}, replacing the oldest. */
    static void keepPrevious(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        if (Files.exists(file)) {
            rename(file.resolveSibling(file.getFileName() + ".1"), file.resolveSibling(file.getFileName() + ".2"));
            rename(file, file.resolveSibling(file.getFileName() + ".1"));
        }
    }

    private static void rename(Path file, Path to) throws IOException {
        if (Files.exists(file)) {
            Files.move(file, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Returns the last lines of a file, for error messages; empty if it cannot be read. */
    static List<String> lastLines(Path file, int count) {
        try {
            // Unlike in UTF-8, every byte is valid.
            List<String> all = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
            return all.subList(Math.max(0, all.size() - count), all.size());
        } catch (IOException e) {
            return List.of();
        }
    }
}
