package io.wadi.runtime.reload;

/** What was asked of routes while they run, beside their files. */
public interface Asked {
    /** Whether a route is to be started where it takes its place; by its id. */
    boolean isToStart(String route);

    /** A route has taken its place: it is brought to what was asked of the one before it. */
    void hasCome(String route) throws Exception;
}
