package io.wadi.ingest;

import io.wadi.ingest.event.Event;
import io.wadi.kafka.TopicKeeper;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Sends a request's events to the topic that the exchange property {@code topic} names, and goes on, on the request's event
 * loop, when Kafka has answered for all of them: the body is then their {@link Receipts}. The body before is a list of events,
 * or the bytes of one. Nothing here blocks: the producer refuses at once what it has no room for, and the events for a topic
 * that is not open yet are kept until it is, or until the time for an acknowledgement is over.
 */
public final class SendEvents extends AsyncProcessorSupport {
    /** The exchange property that names the topic. */
    static final String TOPIC = "topic";

    private final TopicKeeper topics;
    private final Supplier<Producer<Object, Object>> newProducer;
    private final long acknowledgeWithinMs;
    private Producer<Object, Object> producer;

    /**
     * Takes who opens the topics, how to make the producer, which is made when the route starts and must not block, and the
     * time that an event may wait for its topic.
     */
    public SendEvents(TopicKeeper topics, Supplier<Producer<Object, Object>> newProducer, long acknowledgeWithinMs) {
        super();
        this.topics = topics;
        this.newProducer = newProducer;
        this.acknowledgeWithinMs = acknowledgeWithinMs;
    }

    @Override
    protected void doStart() {
        producer = newProducer.get();
    }

    @Override
    protected void doStop() {
        producer.close();
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            Sending sending = new Sending(exchange, callback);
            CompletableFuture<Void> opening = topics.opening(sending.topic);
            if (opening.isDone()) {
                sending.begin();
            } else {
                opening.copy()
                        .orTimeout(acknowledgeWithinMs, TimeUnit.MILLISECONDS)
                        .whenComplete((open, late) ->
                                sending.request.onLoop(late == null ? sending::begin : sending::notOpened));
            }
            return false;
        } catch (RuntimeException e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    /** The events of one request on their way. */
    private final class Sending {
        private final Exchange exchange;
        private final AsyncCallback callback;
        private final IntakeRequest request;
        private final String topic;
        private final Receipts receipts;
        /** Events without an answer, and one more until all are sent. */
        private final AtomicInteger open;

        Sending(Exchange exchange, AsyncCallback callback) {
            this.exchange = exchange;
            this.callback = callback;
            request = IntakeRequest.of(exchange);
            topic = Objects.requireNonNull((String) exchange.getProperty(TOPIC), "exchange property " + TOPIC);
            receipts = new Receipts(events(exchange.getMessage().getBody()));
            open = new AtomicInteger(receipts.size() + 1);
        }

        @SuppressWarnings("unchecked") // a list is one of events here
        private static List<Event> events(Object body) {
            return body instanceof byte[] one ? List.of(Event.of(one)) : (List<Event>) body;
        }

        void begin() {
            for (int i = 0; i < receipts.size(); i++) {
                Event event = receipts.event(i);
                if (event.problem() == null) {
                    send(i, event);
                } else {
                    answered();
                }
            }
            answered();
        }

        private void send(int index, Event event) {
            try {
                producer.send(
                        new ProducerRecord<>(
                                topic,
                                event.partition(),
                                event.timestamp(),
                                event.key(),
                                event.value(),
                                event.headers()),
                        (metadata, error) -> answered(index, error == null ? metadata : null, error));
            } catch (RuntimeException e) {
                answered(index, null, e);
            }
        }

        /** On the producer's thread, or on the loop where the producer refuses. */
        private void answered(int index, RecordMetadata metadata, Exception error) {
            receipts.answered(index, metadata, error);
            answered();
        }

        private void answered() {
            if (open.decrementAndGet() == 0) {
                request.onLoop(this::end);
            }
        }

        private void end() {
            exchange.getMessage().setBody(receipts);
            callback.done(false);
        }

        void notOpened() {
            exchange.setException(new TimeoutException("topic " + topic + " is not open yet"));
            callback.done(false);
        }
    }
}
