package io.wadi.management.connectors;

import io.wadi.runtime.config.DirectoryListing;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.PatternSyntaxException;

/**
 * The directories that connectors created by request may use, including their subdirectories.
 *
 * @param local directories of this machine
 * @param hdfs directories of HDFS
 */
record AllowedDirectories(List<String> local, List<String> hdfs) {

    /** Reads lists separated by commas. */
    static AllowedDirectories of(String local, String hdfs) {
        return new AllowedDirectories(Units.list(local), Units.list(hdfs));
    }

    /**
     * Returns the error if a local path is invalid or outside of the allowed directories. Symbolic links that exist now
     * are resolved for this check; links that are created later are not checked.
     *
     * @param path the path; the last segment may be a pattern, and {@code {partition}} matches any existing name
     */
    Optional<String> localError(String path) {
        Path given = Path.of(path.replaceAll("[{}]", ""));
        if (!given.isAbsolute() || !given.equals(given.normalize()) || given.getNameCount() < 2) {
            return Optional.of("expected an absolute path without '.' and '..'");
        }
        Path fixed = path.contains("*") ? given.getParent() : given;
        if (fixed.toString().contains("*")) {
            return Optional.of("expected a pattern in the last segment only");
        }
        boolean isAllowed = isAllowed(fixed)
                && !leadsOutside(given.getRoot(), given.getRoot().relativize(Path.of(path)));
        return isAllowed ? Optional.empty() : Optional.of(outside(local, ConnectApiSettings.DIRECTORIES));
    }

    private boolean isAllowed(Path path) {
        return local.stream().anyMatch(each -> isBelow(path, Path.of(each)));
    }

    /** Returns whether a path that matches the pattern leads outside of the allowed directories by a symbolic link. */
    private boolean leadsOutside(Path parent, Path pattern) {
        String name = pattern.getName(0).toString().replace("{partition}", "*");
        Path rest = pattern.getNameCount() == 1 ? null : pattern.subpath(1, pattern.getNameCount());
        if (!name.contains("*")) {
            Path path = parent.resolve(name);
            return rest == null ? !isAllowed(path) : leadsOutside(path, rest);
        }
        if (!Files.isDirectory(parent)) {
            return false;
        }
        try {
            for (Path path : DirectoryListing.of(parent, name)) {
                if (rest == null ? !isAllowed(path) : leadsOutside(path, rest)) {
                    return true;
                }
            }
            return false;
        } catch (IOException | PatternSyntaxException e) {
            return true;
        }
    }

    private static boolean isBelow(Path path, Path directory) {
        try {
            Path existing = path;
            while (!Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
                existing = existing.getParent();
            }
            return existing.toRealPath().resolve(existing.relativize(path)).startsWith(directory.toRealPath());
        } catch (IOException e) {
            // The allowed directory does not exist, or a link is broken.
            return false;
        }
    }

    /** Returns the error if a directory of HDFS is invalid or outside of the allowed directories. */
    Optional<String> hdfsError(String path) {
        if (!path.matches("(/(?!\\.{1,2}(/|$))[^/]+)+")) {
            return Optional.of("expected an absolute path without '.' and '..'");
        }
        boolean isAllowed =
                hdfs.stream().anyMatch(each -> (path + "/").startsWith(each.endsWith("/") ? each : each + "/"));
        return isAllowed ? Optional.empty() : Optional.of(outside(hdfs, ConnectApiSettings.HDFS_DIRECTORIES));
    }

    private static String outside(List<String> allowed, Setting<?> setting) {
        return "expected a path below %s, by %s"
                .formatted(allowed.isEmpty() ? "an allowed directory (there is none)" : allowed, setting.name());
    }
}
