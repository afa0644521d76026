package io.wadi.kafka;

import org.apache.camel.Endpoint;
import org.apache.camel.spi.InterceptSendToEndpoint;

/**
 * The endpoints that Camel wraps because the pattern of an {@code interceptSendToEndpoint} matches their URI. The inputs
 * of routes are wrapped too.
 */
public final class Intercepted {
    private Intercepted() {}

    /** Returns the endpoint inside a wrapper, or an endpoint without a wrapper as it is. */
    public static Endpoint original(Endpoint endpoint) {
        return endpoint instanceof InterceptSendToEndpoint wrapper ? wrapper.getOriginalEndpoint() : endpoint;
    }
}
