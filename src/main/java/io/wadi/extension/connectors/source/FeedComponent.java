package io.wadi.extension.connectors.source;

import io.wadi.kafka.deadletter.DeadLetterSender;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/** The Camel component {@code feed:topic}: sends a source's records to a topic, in one transaction with the source offset. */
public class FeedComponent extends DefaultComponent {
    private final DeadLetterSender deadLetters;

    /** Takes the sender of dead letters. */
    public FeedComponent(DeadLetterSender deadLetters) {
        super();
        this.deadLetters = deadLetters;
    }

    DeadLetterSender deadLetters() {
        return deadLetters;
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        FeedEndpoint endpoint = new FeedEndpoint(uri, this, remaining);
        setProperties(endpoint, parameters);
        return endpoint;
    }
}
