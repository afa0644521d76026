package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.source.Sources;
import io.wadi.kafka.deadletter.DeadLetters;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** The Camel component {@code lines:name}: reads files line by line, or writes the runs it is sent to files. */
public class LinesComponent extends DefaultComponent {
    private final DeadLetters deadLetters;
    private final Sources sources;
    private final String machine;

    /** Takes where refused records go, what sources share, and the name of the machine whose files are read. */
    public LinesComponent(DeadLetters deadLetters, Sources sources, String machine) {
        super();
        this.deadLetters = deadLetters;
        this.sources = sources;
        this.machine = machine;
    }

    DeadLetters deadLetters() {
        return deadLetters;
    }

    Sources sources() {
        return sources;
    }

    String machine() {
        return machine;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        LinesEndpoint endpoint = new LinesEndpoint(uri, this);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
