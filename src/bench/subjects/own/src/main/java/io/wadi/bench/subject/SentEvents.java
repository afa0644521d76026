package io.wadi.bench.subject;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * The events of one request, sent to Kafka. When Kafka has responded for all of them, the HTTP response is written on
 * the event loop, with a receipt or an error for each.
 */
final class SentEvents {
    private static final int OK = 200;
    private static final int INVALID = 422;
    private static final int NOT_ACKNOWLEDGED = 503;

    private final String topic;
    private final Burst burst;
    private final HttpServerResponse response;
    private final IntConsumer answered;
    private final Object[] outcomes;
    private final AtomicInteger open;

    /** An event, or the reason why it is invalid. */
    static final class Event {
        private final byte[] value;
        private final String problem;

        private Event(byte[] value, String problem) {
            this.value = value;
            this.problem = problem;
        }

        static Event valid(byte[] value) {
            return new Event(value, null);
        }

        static Event rejected(String problem) {
            return new Event(null, problem);
        }
    }

    /**
     * @param answered receives the status of the response before it is written
     */
    SentEvents(String topic, Burst burst, HttpServerResponse response, int events, IntConsumer answered) {
        this.topic = topic;
        this.burst = burst;
        this.response = response;
        this.answered = answered;
        this.outcomes = new Object[events];
        this.open = new AtomicInteger(events);
    }

    void send(List<Event> events, Producer<byte[], byte[]> producer) {
        for (int i = 0; i < events.size(); i++) {
            int index = i;
            Event event = events.get(i);
            if (event.problem == null) {
                producer.send(
                        new ProducerRecord<>(topic, event.value),
                        (metadata, error) -> add(index, error == null ? metadata : null));
            } else {
                add(index, event.problem);
            }
        }
    }

    private void add(int index, Object outcome) {
        outcomes[index] = outcome;
        if (open.decrementAndGet() == 0) {
            burst.add(this::write);
        }
    }

    private void write() {
        Buffer receipts = Buffer.buffer(outcomes.length * 64).appendString("{\"receipts\":[");
        int status = OK;
        for (int i = 0; i < outcomes.length; i++) {
            if (i > 0) {
                receipts.appendByte((byte) ',');
            }
            if (outcomes[i] instanceof RecordMetadata receipt) {
                receipts.appendString(receipt(receipt));
            } else if (outcomes[i] instanceof String problem) {
                status = Math.max(status, INVALID);
                receipts.appendString("{\"error\":\"" + problem + "\"}");
            } else {
                status = NOT_ACKNOWLEDGED;
                receipts.appendString("{\"error\":\"not acknowledged\"}");
            }
        }
        answered.accept(status);
        response.setStatusCode(status)
                .putHeader("content-type", "application/json")
                .end(receipts.appendString("]}"));
    }

    private String receipt(RecordMetadata of) {
        return "{\"topic\":\"" + topic + "\",\"partition\":" + of.partition() + ",\"offset\":" + of.offset() + "}";
    }
}
