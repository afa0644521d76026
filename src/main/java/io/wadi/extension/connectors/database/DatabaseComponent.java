package io.wadi.extension.connectors.database;

import io.wadi.extension.connectors.source.SourceContext;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** The Camel component {@code database:table}: writes the runs it is sent to a table, or reads one. */
public class DatabaseComponent extends DefaultComponent {
    private final DeadLetterSender deadLetters;
    private final SourceContext sources;
    private final Duration answerWithin;

    /** Takes where refused records go, what sources share, and what is a failure where a database has not answered in that time. */
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
