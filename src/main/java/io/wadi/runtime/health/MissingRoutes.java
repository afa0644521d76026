package io.wadi.runtime.health;

import java.util.Collection;

/** The routes that are missing after a failed reload. {@link RoutesStarted} finds implementations in the registry. */
@FunctionalInterface
public interface MissingRoutes {
    /** Returns the ids of the missing routes; empty while routes are being replaced. Thread-safe. */
    Collection<String> missingRoutes();
}
