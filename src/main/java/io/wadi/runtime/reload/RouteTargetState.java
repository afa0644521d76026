package io.wadi.runtime.reload;

/** The states that operators have requested for routes at run time, such as stopped. */
public interface RouteTargetState {
    /** Returns whether a route is to be started when it replaces the route with the same id. */
    boolean isToStart(String route);

    /** Applies the state requested for its id to a route that has replaced another. */
    void applyTo(String route) throws Exception;
}
