package io.wadi.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** Log files of the processes started here. */
final class Logs {
    private Logs() {}

    /** Makes room for a new log: the file that stands there gets {@code .1} at its end, its predecessor is gone. */
    static void keepPrevious(Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        if (Files.exists(file)) {
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** The last lines of the file, to show with an error; none where it cannot be read. */
    static List<String> lastLines(Path file, int count) {
        try {
            // Unlike UTF-8, no byte is an error.
            List<String> all = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
            return all.subList(Math.max(0, all.size() - count), all.size());
        } catch (IOException e) {
            return List.of();
        }
    }
}
