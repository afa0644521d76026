package io.wadi.runtime.reload;

import java.util.Collection;
import org.apache.camel.Endpoint;

/** Holds incoming requests while their route is replaced. */
public interface RouteHold {
    /** Returns whether requests for an endpoint can be held. */
    boolean canHold(Endpoint input);

    /** Starts to hold requests for these endpoints. Ignores endpoints with requests that cannot be held. */
    Held hold(Collection<Endpoint> inputs);

    /** Returns the route step that stores events in Kafka. A route without this step stores no events. */
    String sendStep();

    /** A hold of requests that has begun. */
    @FunctionalInterface
    interface Held extends AutoCloseable {
        /** Releases the held requests to the current route, in order of arrival. Only the first call has an effect. */
        @Override
        void close();
    }
}
