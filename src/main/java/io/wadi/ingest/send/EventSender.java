package io.wadi.ingest.send;

import io.wadi.ingest.deduplication.IdConflictException;
import io.wadi.ingest.deduplication.InboxSender;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.EventSource;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.eventloop.TaskQueue;
import io.wadi.ingest.limits.Charge;
import io.wadi.ingest.limits.SendWindow;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.kafka.Causes;
import io.wadi.kafka.RejectedSendException;
import io.wadi.kafka.records.HeldBytes;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one request's events: reads them from their source as fast as the request's window allows, sends each as a
 * record, and reports its delivery. A failure of Kafka or too many rejected events end the reading. A long body is read
 * in several turns of its connection, so that other requests make progress. Used on the request's event loop.
 */
final class EventSender {
    private static final Logger LOG = LoggerFactory.getLogger(EventSender.class);

    private static final AtomicIntegerFieldUpdater<Sent> ENDED =
            AtomicIntegerFieldUpdater.newUpdater(Sent.class, "ended");

    /** The heap of an event without an outcome, in addition to its record: {@link Sent} and the producer's objects. */
    private static final int RECORD_BYTES = 256;
    /** Maximum number of events of one request in a turn. */
    private static final int EVENTS_PER_TURN = 256;
    /** The events or bytes after which the clock is read, which costs a fiftieth of reading an event. */
    private static final int EVENTS_PER_CLOCK_READ = 16;

    private static final int BYTES_PER_CLOCK_READ = 16 << 10;
    /** The memory of receipts is charged in steps of this size, so that requests with few events need no charge. */
    private static final long RECEIPTS_STEP = 4 << 10;

    private final IngestRequest request;
    private final IngestTopic topic;
    private final EventSource source;
    private final DeliveryReport report;
    private final SendWindow window;
    private final RecordFactory records;
    private final RecordSender sender;
    private final EventCounts counts;
    private final int maxRejected;
    private final Consumer<RequestException> end;
    private final Charge receiptCharge;
    /** The additional memory of an event that waits for the answer of deduplication; 0 without deduplication. */
    private final int pendingBytes;
    /** The events of the current read. */
    private EventCounts.ReadBatch batch;

    private RequestException abortReason;
    /** Whether events wait for the window to open. */
    private boolean isWindowFull;

    /** Whether the rest of the body is read in a later turn of the connection. */
    private boolean isWaitingForTurn;

    private int eventsSinceClockRead;
    private int bytesSinceClockRead;
    private int rejected;
    private boolean isFirstCharged;
    private boolean ended;
    private int open;

    /**
     * Creates the sender of one request.
     *
     * @param maxRejected number of rejected events after which the rest of the body is not read
     * @param end called once every sent event has an outcome, with the reason for not reading the source to its end;
     *     null if the source was read to its end
     */
    EventSender(
            IngestRequest request,
            IngestTopic topic,
            EventSource source,
            DeliveryReport report,
            RecordFactory records,
            RecordSender sender,
            EventCounts counts,
            int maxRejected,
            Consumer<RequestException> end) {
        this.request = request;
        this.topic = topic;
        this.source = source;
        this.report = report;
        this.window = request.window();
        this.records = records;
        this.sender = sender;
        this.counts = counts;
        this.maxRejected = maxRejected;
        this.end = end;
        this.receiptCharge = new Charge(request.lease());
        this.pendingBytes = topic.topic().deduplication() == null ? 0 : InboxSender.PENDING_BYTES;
    }

    /** Kafka rejects the time of this machine's clock: the sender cannot correct that, and may send the event again. */
    private static final class WrongClockException extends RetriableException {
        WrongClockException(Exception cause) {
            super("Kafka rejects the time of Wadi's clock: " + cause.getMessage(), cause);
        }
    }

    /** Sends records to Kafka. */
    @FunctionalInterface
    interface RecordSender {
        /** Sends a record. The callback may be called on any thread, even before this method returns. */
        void send(ProducerRecord<Object, Object> sent, Callback callback);
    }

    /** A sent event; its outcome is processed on the request's event loop. */
    private final class Sent extends TaskQueue.Task implements Callback {
        private final int index;
        private final long eventBytes;
        private final long windowBytes;
        private final boolean isDeadLetter;
        /** Whether the sender has set the timestamp, and not the producer by the clock of this machine. */
        private final boolean hasTimestamp;

        private final EventCounts.ReadBatch of = batch;
        private RecordMetadata metadata;
        private Exception error;

        @SuppressWarnings("UnusedVariable") // read by ENDED
        private volatile int ended;

        Sent(int index, long eventBytes, long windowBytes, boolean isDeadLetter, boolean hasTimestamp) {
            this.index = index;
            this.eventBytes = eventBytes;
            this.windowBytes = windowBytes;
            this.isDeadLetter = isDeadLetter;
            this.hasTimestamp = hasTimestamp;
        }

        /**
         * Passes the outcome to the loop. Called on the producer's thread, or on the loop if the producer fails at
         * once. Only the first call has an effect: a producer in an error state may append a record, throw, and call
         * back later.
         */
        @Override
        public void onCompletion(RecordMetadata metadata, Exception failure) {
            if (ENDED.compareAndSet(this, 0, 1)) {
                this.metadata = metadata;
                error = failure;
                request.onLoop(this);
            }
        }

        @Override
        protected void run() {
            answered(this);
        }
    }

    /** Sends the available events, and the rest as they arrive. */
    void begin() {
        source.onReadable(this::proceed);
        proceed();
    }

    private void proceed() {
        if (isWaitingForTurn) {
            return;
        }
        if (abortReason == null && !source.ended()) {
            read();
        }
        if (open == 0 && !isWaitingForTurn && (abortReason != null || source.ended()) && !ended) {
            ended = true;
            end.accept(abortReason);
        }
    }

    private void read() {
        long read = 0;
        try {
            while (abortReason == null && isWindowOpen()) {
                if (read == EVENTS_PER_TURN || isTurnOver()) {
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
                    batch = counts.begin(topic.topic().name());
                }
                read++;
                process(event);
            }
        } catch (RequestException e) {
            abortReason = e;
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error(
                    "Topic {}: failed to read an event, and the response to its request is 500",
                    topic.topic().name(),
                    e);
            abortReason = new RequestException(
                    500, "an event could not be read because of an internal error; the log of Wadi contains it");
        }
        if (read > 0) {
            batch.ended();
            charge(read);
        }
    }

    /** Returns whether the turn is over. Reads the clock for its first event and then every few events. */
    private boolean isTurnOver() {
        if (eventsSinceClockRead > 0
                && eventsSinceClockRead < EVENTS_PER_CLOCK_READ
                && bytesSinceClockRead < BYTES_PER_CLOCK_READ) {
            return false;
        }
        eventsSinceClockRead = 0;
        bytesSinceClockRead = 0;
        return request.isTurnOver();
    }

    private void waitForTurn() {
        isWaitingForTurn = true;
        request.inLaterTurn(() -> {
            isWaitingForTurn = false;
            eventsSinceClockRead = 0;
            proceed();
        });
    }

    private boolean isWindowOpen() {
        isWindowFull = !window.isOpen();
        return !isWindowFull;
    }

    /** Charges events to the client's rate, without the request's first event, which admission has counted. */
    private void charge(long read) {
        request.charge(isFirstCharged ? read : read - 1);
        isFirstCharged = true;
        if (!receiptCharge.tryTo(report.bytes() / RECEIPTS_STEP * RECEIPTS_STEP) && abortReason == null) {
            abortReason = RequestException.unavailable(Charge.LIMIT_REACHED);
        }
    }

    private void process(Event event) {
        eventsSinceClockRead++;
        bytesSinceClockRead += event.value() == null ? 0 : event.value().length;
        if (event.problem() == null) {
            send(event);
        } else if (event.value() != null && topic.keepsInvalid()) {
            send(report.addInvalid(event.problem()), records.deadLetter(event), true);
        } else {
            reject(report.add(), event.problem());
        }
    }

    private void reject(int index, Problem problem) {
        report.rejected(index, problem);
        batch.rejected();
        rejected++;
        if (rejected > maxRejected && !source.ended()) {
            abortReason = RequestException.invalid(
                    "the body was not read further after %,d rejected events, expected at most %,d: correct them and send the rest again"
                            .formatted(rejected, maxRejected));
        }
    }

    private void send(Event event) {
        int index = report.add();
        ProducerRecord<Object, Object> sent;
        try {
            sent = records.record(event);
        } catch (InvalidRecordException e) {
            reject(index, new Problem("", e.getMessage()));
            return;
        } catch (KafkaException e) {
            batch.sent();
            batch.notAcknowledged();
            notAcknowledged(index, e);
            return;
        }
        send(index, sent, false);
    }

    private void send(int index, ProducerRecord<Object, Object> sent, boolean isDeadLetter) {
        long valueBytes = HeldBytes.length(sent.value());
        long eventBytes = HeldBytes.length(sent.key()) + valueBytes;
        long windowBytes = pendingBytes + RECORD_BYTES + valueBytes + HeldBytes.of(sent.key(), sent.headers());
        boolean hasTimestamp = sent.timestamp() != null;
        Sent callback = new Sent(index, eventBytes, windowBytes, isDeadLetter, hasTimestamp);
        batch.sent();
        window.sent(windowBytes);
        open++;
        try {
            sender.send(sent, callback);
        } catch (RuntimeException e) {
            callback.onCompletion(null, e);
        }
    }

    private void answered(Sent sent) {
        open--;
        window.answered(sent.windowBytes);
        if (sent.error == null) {
            report.acknowledged(sent.index, sent.metadata);
            sent.of.acknowledged(sent.eventBytes, sent.isDeadLetter);
        } else if (sent.error instanceof RecordTooLargeException) {
            report.rejected(
                    sent.index,
                    new Problem(
                            "",
                            "the event is larger than Kafka accepts for the topic; its key and value have %,d bytes"
                                    .formatted(sent.eventBytes)));
            sent.of.rejectedByKafka();
        } else if (sent.error instanceof IdConflictException conflict) {
            report.conflicting(sent.index, new Problem("", conflict.getMessage()), conflict.first());
            sent.of.rejectedByKafka();
        } else if (!sent.hasTimestamp && RejectedSendException.isOfTimestamp(sent.error)) {
            notAcknowledged(sent.index, new WrongClockException(sent.error));
            sent.of.notAcknowledged();
        } else if (RejectedSendException.isRejection(sent.error)) {
            report.rejected(sent.index, new Problem("", "Kafka rejects it: " + sent.error.getMessage()));
            sent.of.rejectedByKafka();
        } else {
            notAcknowledged(sent.index, sent.error);
            sent.of.notAcknowledged();
        }
        if (isWindowFull || open == 0) {
            proceed();
        }
    }

    private void notAcknowledged(int index, Exception error) {
        report.notAcknowledged(index, error);
        if (abortReason == null && !source.ended()) {
            abortReason = RequestException.unavailable(
                    "the body was not read to its end because Kafka did not acknowledge an event: "
                            + Causes.inShort(error));
        }
    }
}
