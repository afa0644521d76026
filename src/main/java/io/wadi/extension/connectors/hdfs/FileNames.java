package io.wadi.extension.connectors.hdfs;

import io.wadi.hdfs.InputDirectory.Entry;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;

/**
 * The names that a file {@code X} has:
 * <ul>
 *   <li>{@code X}, as others wrote it;
 *   <li>{@code X.opened} while it is read, and {@code X.released} where camel-hdfs has closed it before its end;
 *   <li>{@code X.17.retry}, with its number in HDFS, where another reading left it claimed;
 *   <li>{@code X.read} or {@code X.failed} when it is finished; {@code X.17.read} if that name exists.
 * </ul>
 */
final class FileNames {
    /** The suffixes that camel-hdfs puts behind a dot. */
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
     * @param pattern of the names to read, such as {@code *.jsonl}
     * @param ignoredSuffixes ends of the names of files that are still written
     * @throws IllegalArgumentException if the pattern is invalid
     */
    FileNames(String pattern, List<String> ignoredSuffixes) {
        this.pattern = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        this.ignoredSuffixes = List.copyOf(ignoredSuffixes);
    }

    /** Returns the name under which others wrote a file. */
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

    /** Returns the name that a file gets when it was left claimed. */
    static String retry(Entry file) {
        return original(file) + "." + file.id() + RETRY;
    }

    /** Returns the name of a claimed file once camel-hdfs has closed it. */
    static String released(Entry claimed) {
        return withoutSuffix(claimed.name(), CLAIMED) + "." + RELEASED;
    }

    /** Returns a final name with a file's number, for a file if its final name exists. */
    static String numbered(String finalName, long id) {
        int suffix = finalName.lastIndexOf('.');
        return finalName.substring(0, suffix) + "." + id + finalName.substring(suffix);
    }

    /** Returns whether camel-hdfs can be given a name: it makes a glob and a URI of it. */
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
