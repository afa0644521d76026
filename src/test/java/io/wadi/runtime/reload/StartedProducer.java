package io.wadi.runtime.reload;

import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;

/** A component with producers that only run an action of the test when they start. Route files bind it as a bean. */
public final class StartedProducer extends DefaultComponent {
    static final Callable<?> NOTHING = () -> null;

    /** Runs at each start of a producer, which fails if the action throws. */
    static volatile Callable<?> onStart = NOTHING;

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) {
        return new DefaultEndpoint(uri, this) {
            @Override
            public Producer createProducer() {
                return new Started(this);
            }

            @Override
            public Consumer createConsumer(Processor processor) {
                throw new UnsupportedOperationException();
            }
        };
    }

    private static final class Started extends DefaultProducer {
        Started(Endpoint endpoint) {
            super(endpoint);
        }

        @Override
        public void process(Exchange exchange) {
            // Nothing to do.
        }

        @Override
        protected void doStart() throws Exception {
            super.doStart();
            onStart.call();
        }
    }
}
