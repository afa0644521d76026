package io.wadi.runtime.reload;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Looks at routes that are made of templates before Camel does, which takes parameters that there are not. */
public final class RouteTemplates {
    private RouteTemplates() {}

    /**
     * What is wrong with the parameters of such routes, a line each with file and line; what is wrong with the files themselves is left
     * to who loads them.
     *
     * @param directory that of the route files; there may be none
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
