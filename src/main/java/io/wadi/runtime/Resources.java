package io.wadi.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is closed at the end, the last first. Thread-safe. */
final class Resources {
    private static final Logger LOG = LoggerFactory.getLogger(Resources.class);

    private final List<AutoCloseable> open = new ArrayList<>();

    /** Closes it at the end. */
    synchronized <C extends AutoCloseable> C add(C resource) {
        open.add(resource);
        return resource;
    }

    /**
     * Closes all, also where one fails.
     *
     * @return why some are not closed, a line each
     */
    synchronized List<String> close() {
        List<String> failures = new ArrayList<>();
        Collections.reverse(open);
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) {
                LOG.warn("Not closed in order: {}", e.toString());
                failures.add(e.toString());
            }
        }
        open.clear();
        return failures;
    }
}
