package io.wadi.runtime.reload;

/** Which state operators have requested for routes while they run, beside their files. */
public interface RouteTargetState {
    /** Whether a route, by its id, is to be started where it takes the place of another. */
    boolean isToStart(String route);

    /** A route has taken the place of another: it is brought to the state that was requested for that one. */
    void hasCome(String route) throws Exception;
}
