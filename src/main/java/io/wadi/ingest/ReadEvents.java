package io.wadi.ingest;

import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.json.BodyFormat;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.json.JsonEvents;
import io.wadi.kafka.Topic;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Begins to read the events of {@code POST /events/{topic}}: afterwards the body is their source, which checks each as the
 * topic asks in the pass that reads it, and the exchange property {@code topic} is their topic. With an
 * {@code Idempotency-Key} each event has an id (see {@link WithIds}).
 */
public final class ReadEvents implements Processor {
    private static final int NOT_FOUND = 404;
    /** Printable ASCII, so long that an id made of it is not too long for Elasticsearch, which takes 512 bytes. */
    private static final Pattern KEY = Pattern.compile("[\\x20-\\x7E]{1,500}");

    private static final ThreadLocal<JsonEvents> JSON = ThreadLocal.withInitial(JsonEvents::new);

    private final IntakeTopics topics;
    private final BodyLimits limits;

    /** Takes the topics, and what a body may be at most. */
    public ReadEvents(IntakeTopics topics, BodyLimits limits) {
        this.topics = topics;
        this.limits = limits;
    }

    /**
     * Begins to read the exchange's request.
     *
     * @throws IntakeException 404 for a topic that is not open for events, 400 for headers that are not as they should be
     * @throws io.wadi.ingest.event.BodyException 415 for another type or coding of body
     */
    @Override
    public void process(Exchange exchange) {
        IntakeRequest request = IntakeRequest.of(exchange);
        IntakeTopic topic = topic(request);
        exchange.setProperty(SendEvents.TOPIC, topic.topic().name());
        Optional<String> key = request.header("Idempotency-Key").map(ReadEvents::key);
        EventSource events = body(exchange)
                .events(
                        BodyFormat.of(request.header("Content-Type").orElse("")),
                        request.header("Content-Encoding").orElse(""),
                        limits,
                        JSON.get(),
                        topic.check());
        exchange.getMessage()
                .setBody(key.<EventSource>map(given -> new WithIds(events, given))
                        .orElse(events));
    }

    private IntakeTopic topic(IntakeRequest request) {
        return topics.find(request.path("topic"), Topic.Way.EVENTS)
                .orElseThrow(() -> new IntakeException(NOT_FOUND, "topics.yaml declares no such topic for events"));
    }

    private static RequestBody body(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof RequestBody body) {
            return body;
        }
        throw new IllegalStateException(
                "Route " + exchange.getFromRouteId() + " does not begin with an HTTP request and useStreaming: true");
    }

    private static String key(String given) {
        if (!KEY.matcher(given).matches()) {
            throw IntakeException.invalid("request header Idempotency-Key is not 1 to 500 printable ASCII characters");
        }
        return given;
    }
}
