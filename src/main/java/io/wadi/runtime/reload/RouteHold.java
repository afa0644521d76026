package io.wadi.runtime.reload;

import java.util.Collection;
import org.apache.camel.Endpoint;

/** Holds incoming requests while their route is replaced. */
public interface RouteHold {
    /** Whether requests for an endpoint can be held. */
    boolean canHold(Endpoint input);

    /** Starts to hold requests for these endpoints; ignores endpoints that {@link #canHold} does not cover. */
    Held hold(Collection<Endpoint> inputs);

    /** The route step that stores events in Kafka; a route without it stores nothing. */
    String sendStep();

    /** A hold in effect. */
    @FunctionalInterface
    interface Held extends AutoCloseable {
        /** Releases the held requests to the current route, in order of arrival. Only the first call has an effect. */
        @Override
        void close();
    }
}
