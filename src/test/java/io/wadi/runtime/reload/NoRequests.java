package io.wadi.runtime.reload;

import java.util.Collection;
import org.apache.camel.Endpoint;

/** Holds no requests, as without an events port. */
final class NoRequests implements RouteHold {
    @Override
    public boolean canHold(Endpoint input) {
        return false;
    }

    @Override
    public Held hold(Collection<Endpoint> inputs) {
        return () -> {};
    }

    @Override
    public String sendStep() {
        return "send-events";
    }
}
