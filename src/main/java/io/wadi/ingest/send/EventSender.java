package io.wadi.ingest.send;

import io.wadi.ingest.event.BodyException;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.eventloop.TaskQueue;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.SendWindow;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.kafka.Causes;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * One request's events on their way: taken from their source as fast as its window allows, sent each by itself, and what
 * becomes of them kept. A failure of Kafka ends the reading of what has not been read yet, and so do too many rejected events. A
 * long body is read in several turns of the request's event loop, so that other requests have theirs. On that loop.
 */
final class EventSender {
    /** What a record takes in a batch besides its key and value, at least. */
    private static final int RECORD_BYTES = 32;
    /** Events of one request in a turn of the loop. */
    private static final int EVENTS_A_TURN = 256;
    /** The clock is read after so many events or bytes of them: reading it costs a fiftieth of reading an event. */
    private static final int EVENTS_A_CHECK = 16;

    private static final int BYTES_A_CHECK = 16 << 10;
    /** Outcomes are charged in steps, so that requests with few events do without. */
    private static final long OUTCOMES_STEP = 4 << 10;

    private final IngestRequest request;
    private final IngestTopic topic;
    private final EventSource source;
    private final DeliveryReport outcomes;
    private final SendWindow window;
    private final RecordFactory records;
    private final Producer<Object, Object> producer;
    private final EventCounts counts;
    private final int maxRejected;
    private final Consumer<BodyException> end;
    private final Charge kept;
    /** The events that are being read. */
    private EventCounts.Burst burst;

    private BodyException cut;
    /** Whether events wait for the window. */
    private boolean heldUp;

    /** Whether the rest waits for another turn of the loop. */
    private boolean isWaitingForTurn;

    private int eventsUnchecked;
    private int bytesUnchecked;
    private int rejected;
    private boolean began;
    private boolean ended;
    private int open;

    /**
     * Takes what is sent, how, and what comes after.
     *
     * @param maxRejected how many events may be rejected before the rest of the body is not read
     * @param end called once all that was sent has its answer: with why the source was not read to its end, or null where it was
     */
    EventSender(
            IngestRequest request,
            IngestTopic topic,
            EventSource source,
            DeliveryReport outcomes,
            RecordFactory records,
            Producer<Object, Object> producer,
            EventCounts counts,
            int maxRejected,
            Consumer<BodyException> end) {
        this.request = request;
        this.topic = topic;
        this.source = source;
        this.outcomes = outcomes;
        this.window = request.window();
        this.records = records;
        this.producer = producer;
        this.counts = counts;
        this.maxRejected = maxRejected;
        this.end = end;
        this.kept = new Charge(request.lease());
    }

    /** An event that was sent, on its way back to the loop. */
    private final class Sent extends TaskQueue.Task implements Callback {
        private final int index;
        private final long bytes;
        private final boolean letter;
        private final EventCounts.Burst of = burst;
        private RecordMetadata where;
        private Exception error;

        Sent(int index, long bytes, boolean letter) {
            super();
            this.index = index;
            this.bytes = bytes;
            this.letter = letter;
        }

        /** On the producer's thread, or on the loop where the producer refuses at once. */
        @Override
        public void onCompletion(RecordMetadata metadata, Exception failure) {
            where = metadata;
            error = failure;
            request.onLoop(this);
        }

        @Override
        protected void run() {
            answered(this);
        }
    }

    /** Sends what is there, and the rest as it comes. */
    void begin() {
        source.onReadable(this::goOn);
        goOn();
    }

    private void goOn() {
        if (isWaitingForTurn) {
            return;
        }
        if (cut == null && !source.ended()) {
            read();
        }
        if (open == 0 && !isWaitingForTurn && (cut != null || source.ended()) && !ended) {
            ended = true;
            end.accept(cut);
        }
    }

    private void read() {
        long read = 0;
        try {
            while (cut == null && isWindowOpen()) {
                if (read == EVENTS_A_TURN || isTurnOver()) {
                    waitForTurn();
                    break;
                }
                Event event = source.next();
                if (event == null) {
                    if (source.hasMore()) {
                        waitForTurn();
                    }
                    break;
                }
                if (read == 0) {
                    burst = counts.begin(topic.topic().name());
                }
                read++;
                take(event);
            }
        } catch (BodyException e) {
            cut = e;
        }
        if (read > 0) {
            burst.ended();
            charge(read);
        }
    }

    /** Looks at the clock for the first event of a turn and then every few events. */
    private boolean isTurnOver() {
        if (eventsUnchecked > 0 && eventsUnchecked < EVENTS_A_CHECK && bytesUnchecked < BYTES_A_CHECK) {
            return false;
        }
        eventsUnchecked = 0;
        bytesUnchecked = 0;
        return request.isTurnOver();
    }

    private void waitForTurn() {
        isWaitingForTurn = true;
        request.inNextTurn(() -> {
            isWaitingForTurn = false;
            eventsUnchecked = 0;
            goOn();
        });
    }

    private boolean isWindowOpen() {
        heldUp = !window.isOpen();
        return !heldUp;
    }

    /** The request's first event was counted when it was let in. */
    private void charge(long read) {
        request.charge(began ? read : read - 1);
        began = true;
        if (!kept.tryTo(outcomes.bytes() / OUTCOMES_STEP * OUTCOMES_STEP) && cut == null) {
            cut = BodyException.unavailable(Charge.NO_ROOM);
        }
    }

    private void take(Event event) {
        eventsUnchecked++;
        bytesUnchecked += event.value() == null ? 0 : event.value().length;
        if (event.problem() == null) {
            send(event);
        } else if (event.value() != null && topic.keepsInvalid()) {
            send(outcomes.addInvalid(event.problem()), records.letter(event), true);
        } else {
            reject(outcomes.add(), event.problem());
        }
    }

    private void reject(int index, Problem problem) {
        outcomes.refused(index, problem);
        burst.refused();
        rejected++;
        if (rejected > maxRejected && !source.ended()) {
            cut = BodyException.invalid("the body was not read further after %,d rejected events".formatted(rejected));
        }
    }

    private void send(Event event) {
        int index = outcomes.add();
        ProducerRecord<Object, Object> sent;
        try {
            sent = records.record(event);
        } catch (InvalidRecordException e) {
            reject(index, new Problem("", e.getMessage()));
            return;
        }
        send(index, sent, false);
    }

    private void send(int index, ProducerRecord<Object, Object> sent, boolean letter) {
        long bytes = RECORD_BYTES + length(sent.key()) + length(sent.value());
        Sent callback = new Sent(index, bytes, letter);
        burst.sent();
        window.sent(bytes);
        open++;
        try {
            producer.send(sent, callback);
        } catch (RuntimeException e) {
            callback.onCompletion(null, e);
        }
    }

    private static long length(Object bytes) {
        return bytes == null ? 0 : ((byte[]) bytes).length;
    }

    private void answered(Sent sent) {
        open--;
        window.answered(sent.bytes);
        if (sent.error == null) {
            outcomes.acknowledged(sent.index, sent.where);
            sent.of.acknowledged(sent.bytes - RECORD_BYTES, sent.letter);
        } else if (sent.error instanceof RecordTooLargeException) {
            outcomes.refused(sent.index, new Problem("", "the event is larger than Kafka takes"));
            sent.of.notTaken();
        } else if (sent.error instanceof InvalidRecordException) {
            outcomes.refused(sent.index, new Problem("", "Kafka does not take it: " + sent.error.getMessage()));
            sent.of.notTaken();
        } else {
            notAcknowledged(sent);
            sent.of.notAcknowledged();
        }
        if (heldUp || open == 0) {
            goOn();
        }
    }

    private void notAcknowledged(Sent sent) {
        outcomes.notAcknowledged(sent.index, sent.error);
        if (cut == null && !source.ended()) {
            cut = BodyException.unavailable(
                    "the body was not read to its end, since Kafka has not acknowledged an event: "
                            + Causes.inShort(sent.error));
        }
    }
}
