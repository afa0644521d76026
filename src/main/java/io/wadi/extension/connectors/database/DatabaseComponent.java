package io.wadi.extension.connectors.database;

import io.wadi.extension.connectors.source.Sources;
import io.wadi.kafka.deadletter.DeadLetters;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** The Camel component {@code database:table}: writes the runs it is sent to a table, or reads one. */
public class DatabaseComponent extends DefaultComponent {
    private final DeadLetters deadLetters;
    private final Sources sources;
    private final Duration answerWithin;

    /** Takes where refused records go, what sources share, and what is a failure where a database has not answered in that time. */
    public DatabaseComponent(DeadLetters deadLetters, Sources sources, Duration answerWithin) {
        super();
        this.sources = sources;
        this.deadLetters = deadLetters;
        this.answerWithin = answerWithin;
    }

    DeadLetters deadLetters() {
        return deadLetters;
    }

    Sources sources() {
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
