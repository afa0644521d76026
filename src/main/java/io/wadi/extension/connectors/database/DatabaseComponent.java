package io.wadi.extension.connectors.database;

import io.wadi.extension.connectors.source.SourceContext;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** The Camel component {@code database:table}: writes record batches to a table, or reads a table. */
public class DatabaseComponent extends DefaultComponent {
    private final DeadLetterSender deadLetters;
    private final SourceContext sources;
    private final Duration answerWithin;

    /** Takes the sender of dead letters, the context of sources, and the timeout of requests to databases. */
    public DatabaseComponent(DeadLetterSender deadLetters, SourceContext sources, Duration answerWithin) {
        super();
        this.sources = sources;
        this.deadLetters = deadLetters;
        this.answerWithin = answerWithin;
    }

    DeadLetterSender deadLetters() {
        return deadLetters;
    }

    SourceContext sources() {
        return sources;
    }

    Duration answerWithin() {
        return answerWithin;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        DatabaseEndpoint endpoint = new DatabaseEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
