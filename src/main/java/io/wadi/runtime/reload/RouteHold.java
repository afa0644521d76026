package io.wadi.runtime.reload;

import java.util.Collection;
import org.apache.camel.Endpoint;

/** Makes requests wait while the route that they are for is replaced or paused. */
public interface RouteHold {
    /** Whether requests for an endpoint can be made to wait. */
    boolean canHold(Endpoint input);

    /** Makes requests for these endpoints wait from now on; it takes no notice of those that it cannot hold. */
    Held hold(Collection<Endpoint> inputs);

    /** The step by which a route that takes requests keeps what they bring: routes without it keep nothing. */
    String keeper();

    /** The time in which requests wait. */
    @FunctionalInterface
    interface Held extends AutoCloseable {
        /** Those that have waited go on, in the order in which they came, to the route that takes them now. */
        @Override
        void close();
    }
}
