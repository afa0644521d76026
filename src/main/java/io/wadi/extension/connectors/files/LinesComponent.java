package io.wadi.extension.connectors.files;

import io.wadi.extension.connectors.source.SourceContext;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** The Camel component {@code lines:name}: reads files line by line, or writes record batches to files. */
public class LinesComponent extends DefaultComponent {
    private final DeadLetterSender deadLetters;
    private final SourceContext sources;
    private final String machine;

    /** Takes the sender of dead letters, the context of sources, and the host name of the files. */
    public LinesComponent(DeadLetterSender deadLetters, SourceContext sources, String machine) {
        super();
        this.deadLetters = deadLetters;
        this.sources = sources;
        this.machine = machine;
    }

    DeadLetterSender deadLetters() {
        return deadLetters;
    }

    SourceContext sources() {
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
