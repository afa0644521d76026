package io.wadi.runtime.reload;

import java.util.Collection;
import java.util.function.Consumer;
import org.apache.camel.Endpoint;

/** Holds no requests, as without an events port. */
final class NoRequests implements RouteHold {
    private final Consumer<Collection<Endpoint>> holding;

    NoRequests() {
        this(inputs -> {});
    }

    /** Creates an instance that passes on the inputs to hold. */
    NoRequests(Consumer<Collection<Endpoint>> holding) {
        this.holding = holding;
    }

    @Override
    public boolean canHold(Endpoint input) {
        return false;
    }

    @Override
    public Held hold(Collection<Endpoint> inputs) {
        holding.accept(inputs);
        return () -> {};
    }

    @Override
    public String sendStep() {
        return "send-events";
    }
}
