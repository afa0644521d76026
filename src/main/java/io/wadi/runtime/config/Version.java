package io.wadi.runtime.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * Wadi's version and commit at build time. They are in a separate file, since Camel reads its own version from the
 * manifest of the same jar.
 */
public final class Version {
    /** The version in the pom, such as {@code 1.4.0}. */
    public static final String CURRENT;

    /**
     * The full hash of the built commit, with {@code -dirty} if files had uncommitted changes; {@code unknown} outside
     * of a Git repository.
     */
    public static final String COMMIT;

    static {
        List<String> lines = read();
        CURRENT = lines.get(0);
        COMMIT = lines.get(1);
    }

    private Version() {}

    private static List<String> read() {
        try (InputStream file = Version.class.getResourceAsStream("version.txt")) {
            return new String(file.readAllBytes(), UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
