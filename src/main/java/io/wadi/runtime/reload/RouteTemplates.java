package io.wadi.runtime.reload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Checks templated routes before the start, since Camel accepts unknown parameters. */
public final class RouteTemplates {
    private RouteTemplates() {}

    /**
     * Returns the errors of parameters, with file and line. Unreadable files are ignored, since loading them reports the error.
     *
     * @param directory the directory of the route files; may be missing
     */
    public static List<String> mistakes(Path directory) {
        try {
            return RouteFileEntries.of(DirectorySnapshot.read(directory, DirectorySnapshot.ROUTES))
                    .templateMistakes();
        } catch (IOException | RejectedChangeException e) {
            return List.of();
        }
    }
}
