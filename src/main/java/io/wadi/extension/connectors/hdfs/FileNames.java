package io.wadi.extension.connectors.hdfs;

import io.wadi.hdfs.InputDirectory.Entry;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;

/**
 * The names of a file {@code X} during its life:
 *
 * <ul>
 *   <li>{@code X}, as its writer named it;
 *   <li>{@code X.opened} while it is read, and {@code X.released} if camel-hdfs has closed it before its end was
 *       reached;
 *   <li>{@code X.17.retry}, with the file's id in HDFS, if an earlier run left it claimed;
 *   <li>{@code X.read} or {@code X.failed} when it is finished, or {@code X.17.read} if that name exists.
 * </ul>
 */
final class FileNames {
    /** The suffixes that camel-hdfs appends after a dot. */
    static final String OPENED = "opened";

    static final String RELEASED = "released";

    private static final String RETRY = ".retry";
    private static final List<String> CLAIMED = List.of("." + OPENED, "." + RELEASED);
    private static final List<String> FINISHED =
            List.of(InputFileOffset.State.READ.suffix(), InputFileOffset.State.FAILED.suffix());

    private final PathMatcher pattern;
    private final List<String> ignoredSuffixes;

    /**
     * Creates the rules of a directory.
     *
     * @param pattern the pattern of the names to read, such as {@code *.jsonl}
     * @param ignoredSuffixes the suffixes of files that are still being written
     * @throws IllegalArgumentException if the pattern is invalid
     */
    FileNames(String pattern, List<String> ignoredSuffixes) {
        this.pattern = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        this.ignoredSuffixes = List.copyOf(ignoredSuffixes);
    }

    /** Returns the name that the writer gave a file. */
    static String original(Entry file) {
        String name = withoutSuffix(file.name(), CLAIMED);
        return withoutSuffix(name, List.of("." + file.id() + RETRY));
    }

    private static String withoutSuffix(String name, List<String> suffixes) {
        return suffixes.stream()
                .filter(name::endsWith)
                .findFirst()
                .map(suffix -> name.substring(0, name.length() - suffix.length()))
                .orElse(name);
    }

    /** Returns whether a file is to be read, is being read, or was left claimed. */
    boolean isInput(Entry file) {
        String original = original(file);
        return !file.isDirectory()
                && !original.isEmpty()
                && !original.startsWith("_")
                && !original.startsWith(".")
                && !isFinished(file.name())
                && ignoredSuffixes.stream().noneMatch(original::endsWith)
                && pattern.matches(Path.of(original));
    }

    static boolean isFinished(String name) {
        return FINISHED.stream().anyMatch(name::endsWith);
    }

    static boolean isClaimed(String name) {
        return CLAIMED.stream().anyMatch(name::endsWith);
    }

    /** Returns the new name of a file that was left claimed. */
    static String retry(Entry file) {
        return original(file) + "." + file.id() + RETRY;
    }

    /** Returns the name of a claimed file once camel-hdfs has closed it. */
    static String released(Entry claimed) {
        return withoutSuffix(claimed.name(), CLAIMED) + "." + RELEASED;
    }

    /** Returns a final name with the file's id, for use if the final name exists. */
    static String numbered(String finalName, long id) {
        int suffix = finalName.lastIndexOf('.');
        return finalName.substring(0, suffix) + "." + id + finalName.substring(suffix);
    }

    /** Returns whether camel-hdfs can claim a file of this name, which it uses as a glob and in a URI. */
    static boolean isClaimable(String name) {
        if (name.contains("*") || name.contains("?") || name.contains("%")) {
            return false;
        }
        try {
            URI.create("hdfs://host/" + name);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
