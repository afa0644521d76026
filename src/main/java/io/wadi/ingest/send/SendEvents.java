package io.wadi.ingest.send;

import io.wadi.ingest.deduplication.InboxSender;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.registry.AvroCheck;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.TopicProvisioner;
import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Sends a request's events to the topic in the exchange property {@code topic}, and continues on the request's event
 * loop when all events have an outcome. A body that is an {@link EventSource} is replaced by a {@link ReceiptLog}; a
 * list of events or the bytes of one event are validated and replaced by {@link Receipts}.
 *
 * <p>No thread is blocked: a full producer fails at once, and events for a topic that is not ready yet wait for at most
 * half of the acknowledgement timeout.
 */
public final class SendEvents extends AsyncProcessorSupport {
    /** The exchange property with the name of the topic. */
    public static final String TOPIC = "topic";
    /**
     * The exchange property with the {@link Topic.EventEndpoint} on which the events arrive, to be checked for the
     * topic; absent if an earlier step has checked it.
     */
    public static final String WAY = "wadiWay";
    /** The exchange property with the {@link RequestException} that ended the body early. */
    public static final String ABORT_REASON = "wadiBodyCut";

    private static final int NOT_FOUND = 404;

    private final IngestTopics topics;
    private final TopicProvisioner provisioner;
    private final DeadLetterSender deadLetters;
    private final Supplier<Producer<Object, Object>> newProducer;
    private final InboxSender inboxes;
    private final long readyTimeoutMs;
    private final Limits limits;
    private final EventCounts counts;
    /** The signals that events can be sent, by topic. */
    private final Map<String, ReadySignal> open = new ConcurrentHashMap<>();

    private Producer<Object, Object> producer;
    private boolean isHeld;

    /**
     * Limits of events.
     *
     * @param maxEvent maximum bytes of an event of a list
     * @param maxRejected number of rejected events after which the rest of a body is not read
     * @param maxTimestampAhead maximum time by which an event's timestamp may be ahead
     */
    public record Limits(int maxEvent, int maxRejected, Duration maxTimestampAhead) {}

    /**
     * Creates the step.
     *
     * @param deadLetters creates the dead letters of invalid events, for topics that keep them
     * @param newProducer called when the route starts; the producer must not block
     * @param inboxes sends events of deduplicated topics
     * @param acknowledgeWithinMs the producer's delivery timeout
     */
    public SendEvents(
            IngestTopics topics,
            TopicProvisioner provisioner,
            DeadLetterSender deadLetters,
            Supplier<Producer<Object, Object>> newProducer,
            InboxSender inboxes,
            long acknowledgeWithinMs,
            Limits limits,
            EventCounts counts) {
        this.topics = topics;
        this.provisioner = provisioner;
        this.deadLetters = deadLetters;
        this.newProducer = newProducer;
        this.inboxes = inboxes;
        this.readyTimeoutMs = acknowledgeWithinMs / 2;
        this.limits = limits;
        this.counts = counts;
    }

    @Override
    protected void doStart() {
        producer = newProducer.get();
        isHeld = true;
        inboxes.start();
    }

    /** Closes the producer if it was started: Camel also stops the steps of a route that did not start. */
    @Override
    protected void doStop() {
        if (isHeld) {
            isHeld = false;
            producer.close();
        }
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            IngestRequest request = IngestRequest.of(exchange);
            IngestTopic topic = topic(exchange);
            EventSender sending = sending(exchange, request, topic, callback);
            ReadySignal open = open(topic);
            if (open.isDone()) {
                sending.begin();
            } else {
                open.within(readyTimeoutMs)
                        .whenComplete((done, late) -> request.onLoop(
                                late == null ? sending::begin : () -> failNotReady(exchange, topic, callback)));
            }
            return false;
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    private IngestTopic topic(Exchange exchange) {
        String name = Objects.requireNonNull(
                (String) exchange.getProperty(TOPIC),
                "The exchange property " + TOPIC + " is missing: expected the name of the topic");
        Topic.EventEndpoint way = (Topic.EventEndpoint) exchange.getProperty(WAY);
        return (way == null ? topics.find(name) : topics.find(name, way))
                .orElseThrow(() -> new RequestException(
                        NOT_FOUND, "topics.yaml declares no topic %s that accepts such events".formatted(name)));
    }

    private ReadySignal open(IngestTopic topic) {
        return open.computeIfAbsent(topic.topic().name(), name -> {
            List<CompletableFuture<Void>> awaited = new ArrayList<>(List.of(provisioner.ready(name), topic.ready()));
            CompletableFuture<Void> answers = inboxes.ready(name);
            if (answers != null) {
                awaited.add(answers);
                awaited.add(provisioner.ready(topic.topic().inbox()));
            }
            if (topic.keepsInvalid()) {
                awaited.add(provisioner.ready(deadLetters.topic()));
            }
            return new ReadySignal(awaited.toArray(new CompletableFuture<?>[0]));
        });
    }

    private EventSender sending(Exchange exchange, IngestRequest request, IngestTopic topic, AsyncCallback callback) {
        Object body = exchange.getMessage().getBody();
        EventSource source =
                body instanceof EventSource events ? events : new CheckedEvents(list(body), topic, limits.maxEvent());
        boolean durable = topic.topic().receipts();
        boolean isDeduplicated = topic.topic().deduplication() != null;
        DeliveryReport report = body instanceof EventSource ? new ReceiptLog(durable) : new Receipts(durable);
        DeliveryReport reported =
                isDeduplicated && report instanceof ReceiptLog log ? new OrderedDelivery(log) : report;
        RecordFactory records = new RecordFactory(
                topic.topic(),
                request.recordHeaders(topic.headers()),
                producer,
                deadLetters,
                exchange.getFromRouteId(),
                isDeduplicated ? new EventIds(topic.topic(), new SenderIds(request.caller())) : null,
                limits.maxTimestampAhead().toMillis());
        EventSender.RecordSender sender =
                isDeduplicated ? (record, sent) -> inboxes.send(producer, record, sent) : producer::send;
        return new EventSender(
                request, topic, source, reported, records, sender, counts, limits.maxRejected(), abortReason -> {
                    exchange.getMessage().setBody(report);
                    if (abortReason != null) {
                        exchange.setProperty(ABORT_REASON, abortReason);
                    }
                    callback.done(false);
                });
    }

    @SuppressWarnings("unchecked") // a list is one of events here
    private static List<Event> list(Object body) {
        return body instanceof byte[] one ? List.of(Event.of(one)) : (List<Event>) body;
    }

    private void failNotReady(Exchange exchange, IngestTopic topic, AsyncCallback callback) {
        exchange.setException(
                topic.ready().isDone()
                        ? new TimeoutException("topic %s was not ready within %s"
                                .formatted(topic.topic().name(), Units.text(Duration.ofMillis(readyTimeoutMs))))
                        : AvroCheck.notKnownYet());
        callback.done(false);
    }
}
