package io.wadi.runtime.reload;

import java.util.Collection;
import org.apache.camel.Endpoint;

/** Has those wait who come while a route is replaced. */
@FunctionalInterface
public interface Gate {
    /** What comes to these endpoints from now on waits; the others take no notice. */
    Hold hold(Collection<Endpoint> inputs);

    /** A while in which requests wait. */
    @FunctionalInterface
    interface Hold extends AutoCloseable {
        /** Those that have waited go on, in the order in which they came, to whom there is now. */
        @Override
        void close();
    }
}
