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
            } catch (Exception | LinkageError e) {
                String failure = nameOf(each) + ": " + e;
                LOG.warn("Resource not closed, the others are closed nevertheless: {}", failure);
                failures.add(failure);
            }
        }
        open.clear();
        return failures;
    }

    /** Returns the class of a resource, or the class that contains the lambda expression. */
    private static String nameOf(AutoCloseable resource) {
        return resource.getClass().getName().replaceFirst("\\$\\$Lambda.*", "");
    }
}
