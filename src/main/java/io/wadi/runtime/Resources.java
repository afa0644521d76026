package io.wadi.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Resources that are closed in the reverse order of their opening. Thread-safe. */
public final class Resources {
    private static final Logger LOG = LoggerFactory.getLogger(Resources.class);

    private final List<AutoCloseable> open = new ArrayList<>();

    /** Adds a resource to close. */
    public synchronized <C extends AutoCloseable> C add(C resource) {
        open.add(resource);
        return resource;
    }

    /**
     * Closes all resources, even if closing one fails.
     *
     * @return the reasons of failures; empty if all resources are closed
     */
    public synchronized List<String> close() {
        List<String> failures = new ArrayList<>();
        Collections.reverse(open);
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception e) {
                LOG.warn("Resource not closed: {}", e.toString());
                failures.add(e.toString());
            }
        }
        open.clear();
        return failures;
    }
}
