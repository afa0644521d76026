package io.wadi.runtime.reload;

/** The state that operators have requested for routes at run time, in addition to the route files. */
public interface RouteTargetState {
    /** Whether a route is to be started when it replaces one of the same id. */
    boolean isToStart(String route);

    /** Brings a route that has replaced another to the state requested for its id. */
    void applyTo(String route) throws Exception;
}
