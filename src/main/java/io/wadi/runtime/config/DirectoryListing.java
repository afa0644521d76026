package io.wadi.runtime.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Lists directories. */
public final class DirectoryListing {
    private DirectoryListing() {}

    /**
     * Returns the entries of a directory with matching names, sorted.
     *
     * @param names a pattern of the file system, such as {@code *.yaml}
     * @throws IOException if the directory cannot be opened, or not be read afterwards, which the JDK reports with an
     *     unchecked exception
     */
    public static List<Path> of(Path directory, String names) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, names)) {
            found.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        entries.sort(null);
        return entries;
    }
}
