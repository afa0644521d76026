package io.wadi.indexing.setup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.runtime.config.BundledFiles;
import io.wadi.runtime.config.DirectoryListing;
import io.wadi.runtime.config.FileText;
import io.wadi.runtime.config.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads the templates and policies to install: {@code DIRECTORY/<kind>/<name>.json}. */
public final class SetupFiles {
    /** The default directory, which the jar has a copy of. */
    public static final String DEFAULT = "elasticsearch";

    private static final String EXTENSION = ".json";

    private SetupFiles() {}

    /**
     * Reads all files of a directory; those of the jar if the default one does not exist.
     *
     * @throws IllegalArgumentException if one is invalid
     * @throws SettingsException if another directory does not exist
     */
    public static List<SetupFile> read(String directory) throws IOException {
        if (!directory.equals(DEFAULT) && !Files.isDirectory(Path.of(directory))) {
            throw new SettingsException(List.of(
                    "wadi.indexing.setup=%s: found no such directory; expected one with templates and policies, or %s"
                            .formatted(directory, DEFAULT)));
        }
        List<SetupFile> files = new ArrayList<>();
        for (SetupFile.Kind kind : SetupFile.Kind.values()) {
            Path path = Path.of(directory).resolve(kind.directory());
            if (Files.isDirectory(Path.of(directory))) {
                if (Files.isDirectory(path)) {
                    files.addAll(read(kind, path));
                }
            } else {
                files.addAll(readOwn(kind));
            }
        }
        return files;
    }

    private static List<SetupFile> read(SetupFile.Kind kind, Path directory) throws IOException {
        List<SetupFile> files = new ArrayList<>();
        for (Path each : DirectoryListing.of(directory, "*" + EXTENSION)) {
            String text = FileText.of(each.toString(), Files.readAllBytes(each));
            files.add(new SetupFile(kind, withoutExtension(each.getFileName().toString()), text));
        }
        return files;
    }

    private static List<SetupFile> readOwn(SetupFile.Kind kind) throws IOException {
        List<SetupFile> files = new ArrayList<>();
        for (String each : BundledFiles.in(DEFAULT + "/" + kind.directory(), EXTENSION)) {
            try (InputStream content = SetupFiles.class.getResourceAsStream("/" + each)) {
                files.add(new SetupFile(
                        kind,
                        withoutExtension(each.substring(each.lastIndexOf('/') + 1)),
                        new String(content.readAllBytes(), UTF_8)));
            }
        }
        return files;
    }

    private static String withoutExtension(String name) {
        return name.substring(0, name.length() - EXTENSION.length());
    }
}
