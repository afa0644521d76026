package io.wadi.ingest;

import io.wadi.ingest.cloudevents.CloudEvents;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.json.BodyFormat;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.json.JsonEvents;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.request.RequestBody;
import io.wadi.ingest.request.RequestHeaders;
import io.wadi.ingest.send.CheckedEvents;
import io.wadi.ingest.send.IdempotentEvents;
import io.wadi.ingest.send.IngestTopic;
import io.wadi.ingest.send.IngestTopics;
import io.wadi.ingest.send.SendEvents;
import io.wadi.ingest.send.SenderIds;
import io.wadi.kafka.topics.Topic;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Starts reading the events of {@code POST /events/{topic}}: sets the message body to an {@link EventSource} that
 * validates each event as the topic declares, and the exchange property {@code topic}. JSON events are parsed and
 * validated in one pass as they arrive; with an {@code Idempotency-Key}, each gets an id ({@link IdempotentEvents}).
 * CloudEvents have their own ids ({@link CloudEvents#id}); a batch of them is read as it arrives, a single one when its
 * body is complete.
 */
public final class ReadEvents implements Processor {
    /** Printable ASCII. */
    private static final Pattern IDEMPOTENCY_KEY = Pattern.compile("[\\x20-\\x7E]{1,500}");

    private static final ThreadLocal<JsonEvents> JSON = ThreadLocal.withInitial(JsonEvents::new);

    private final IngestTopics topics;
    private final BodyLimits limits;
    /** The limits of a body that is one CloudEvent. */
    private final BodyLimits cloudEventLimits;
    /** The limits of a body that is a batch of CloudEvents. */
    private final BodyLimits batchLimits;

    /**
     * Creates the step.
     *
     * @param limits the limits of a streamed body
     * @param maxWholeBytes maximum size of a body that is buffered
     */
    public ReadEvents(IngestTopics topics, BodyLimits limits, long maxWholeBytes) {
        this.topics = topics;
        this.limits = limits;
        int maxCloudEvent = CloudEvents.maxJson(limits.maxEvent());
        this.cloudEventLimits = new BodyLimits(
                Math.min(maxWholeBytes, maxCloudEvent), limits.maxRatio(), maxCloudEvent, limits.maxEvents());
        this.batchLimits = new BodyLimits(limits.maxBody(), limits.maxRatio(), maxCloudEvent, limits.maxEvents());
    }

    /**
     * Starts reading the events.
     *
     * @throws RequestException 404 for a topic that does not accept events, 400 for invalid headers, 415 for an
     *     unsupported media type or content coding
     */
    @Override
    public void process(Exchange exchange) {
        IngestRequest request = IngestRequest.of(exchange);
        IngestTopic topic = topic(request);
        exchange.setProperty(SendEvents.TOPIC, topic.topic().name());
        RequestBody body = body(exchange);
        String type = request.header(RequestHeaders.CONTENT_TYPE).orElse("");
        CloudEvents.Mode mode = CloudEvents.mode(
                type, request.header(RequestHeaders.CE_SPECVERSION).isPresent());
        exchange.getMessage()
                .setBody(
                        mode == CloudEvents.Mode.NONE
                                ? json(request, body, type, topic)
                                : cloudEvents(request, body, mode, topic));
    }

    private IngestTopic topic(IngestRequest request) {
        return topics.find(request.path("topic"), Topic.EventEndpoint.EVENTS)
                .orElseThrow(() -> new RequestException(404, "topics.yaml declares no such topic for events"));
    }

    private static RequestBody body(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof RequestBody body) {
            return body;
        }
        throw new IllegalStateException("Route " + exchange.getFromRouteId()
                + " does not start with an HTTP endpoint that has useStreaming: true");
    }

    private EventSource json(IngestRequest request, RequestBody body, String type, IngestTopic topic) {
        String key = request.list(RequestHeaders.IDEMPOTENCY_KEY) == null
                ? null
                : key(request.header(RequestHeaders.IDEMPOTENCY_KEY).orElse(""));
        EventSource events = body.events(
                BodyFormat.of(type), contentEncoding(request), limits, JSON.get(), topic.check(), request.lease());
        return key == null ? events : new IdempotentEvents(events, key, new SenderIds(request.caller()));
    }

    private static String key(String header) {
        if (!IDEMPOTENCY_KEY.matcher(header).matches()) {
            throw RequestException.invalid("request header Idempotency-Key is not 1 to 500 printable ASCII characters");
        }
        return header;
    }

    private EventSource cloudEvents(IngestRequest request, RequestBody body, CloudEvents.Mode mode, IngestTopic topic) {
        SenderIds ids = new SenderIds(request.caller());
        UnaryOperator<Event> check = event -> event.problem() == null
                ? CheckedEvents.validate(event.with(ids.header(CloudEvents.id(event))), topic, limits.maxEvent())
                : event;
        return switch (mode) {
            case STRUCTURED -> one(request, body, bytes -> check.apply(CloudEvents.structured(bytes)));
            case BINARY -> one(request, body, bytes -> check.apply(CloudEvents.binary(request.headers(), bytes)));
            case BATCHED ->
                CloudEvents.batched(
                        body.events(
                                BodyFormat.ARRAY,
                                contentEncoding(request),
                                batchLimits,
                                JSON.get(),
                                EventCheck.NONE,
                                request.lease()),
                        check);
            case UNKNOWN, NONE ->
                throw RequestException.unsupported(
                        "unsupported CloudEvents format; expected application/cloudevents+json or application/cloudevents-batch+json in UTF-8, or attributes as headers");
        };
    }

    private EventSource one(IngestRequest request, RequestBody body, Function<byte[], Event> reader) {
        return body.one(reader, request.lease(), contentEncoding(request), cloudEventLimits);
    }

    private static String contentEncoding(IngestRequest request) {
        return request.header(RequestHeaders.CONTENT_ENCODING).orElse("");
    }
}
