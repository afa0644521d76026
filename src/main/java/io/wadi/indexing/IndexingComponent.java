package io.wadi.indexing;

import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.kafka.DeadLetters;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * The Camel component {@code indexing:route}: indexes the runs it is sent, by way of a route that takes {@code _bulk} requests
 * and answers with their items, as camel-elasticsearch does.
 */
public class IndexingComponent extends DefaultComponent {
    private final DeadLetters deadLetters;
    private final IndexingMeters meters;
    private final Slots slots;

    /** Takes where refused records go, where counts go, and how many requests may be under way in this process. */
    public IndexingComponent(DeadLetters deadLetters, MeterRegistry meters, int requests) {
        super();
        this.deadLetters = deadLetters;
        this.meters = new IndexingMeters(meters);
        this.slots = new Slots(requests);
    }

    DeadLetters deadLetters() {
        return deadLetters;
    }

    IndexingMeters meters() {
        return meters;
    }

    Slots slots() {
        return slots;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        IndexingEndpoint endpoint = new IndexingEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
