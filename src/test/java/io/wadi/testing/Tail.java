package io.wadi.testing;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The end of a log file, to show with an error. */
final class Tail {
    private Tail() {}

    /** The last lines of the file; none where it cannot be read. */
    static List<String> of(Path file, int lines) {
        // Never fails on bytes that are no text.
        Charset anyBytes = StandardCharsets.ISO_8859_1;
        try {
            List<String> all = Files.readAllLines(file, anyBytes);
            return all.subList(Math.max(0, all.size() - lines), all.size());
        } catch (IOException e) {
            return List.of();
        }
    }
}
