package io.wadi.ingest.deduplication;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.ingest.deduplication.PendingEvent.Stored;
import io.wadi.kafka.records.HeldBytes;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events of deduplicated topics to their inboxes, or to the queue of direct events of a partition that this
 * process owns ({@link DirectQueue}), and waits for the answers. An answer states where the topic has
 * the first event with an id. It therefore completes every pending event with that id that was sent before the answer
 * arrived, even if it was written for an event of another process. The exception is an event that was appended to the
 * inbox after the window of that first event. The time of the append is known once Kafka has acknowledged the event;
 * answers that arrive earlier are applied then. Thread-safe.
 */
public final class InboxSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InboxSender.class);

    /** The heap that an event occupies until its answer arrives, in addition to that of an event without one. */
    public static final int PENDING_BYTES = 256;
    /**
     * Maximum number of events of one id that are sent to the inbox and wait for their answers. Further ones are not
     * sent; they complete with the answer for the first event with the id.
     */
    static final int MAX_OF_AN_ID = 100;

    /** The objects of a direct event in bytes, besides its record's key, value and headers. */
    private static final int DIRECT_BYTES = 400;

    private static final Duration EXPIRE_EVERY = Duration.ofSeconds(1);

    private final Map<String, Topic> topics;
    private final AnswerReader answers;
    private final Supplier<DirectQueues> direct;
    private final Duration within;
    private final LongSupplier nanoTime;
    /**
     * The newest pending event of each id, linked to earlier ones. The links change only in computations of the map.
     */
    private final Map<Digest, PendingEvent> pending = new ConcurrentHashMap<>();

    private volatile long expiredNanos;
    /** Null before its first use. */
    private volatile DirectQueues queues;

    /** The limit of ids is reached: the client may send the event again later. */
    private static final class FullException extends RetriableException {
        FullException(String topic, String reason) {
            super("topic %s: the event is not stored, %s (%s); send it again later"
                    .formatted(topic, reason, DeduplicationSettings.MAX_IDS.name()));
        }
    }

    /** The event was not sent, and no event with its id was stored: the client may send it again later. */
    private static final class NotSentException extends RetriableException {
        NotSentException() {
            super(("the event is not stored: %d events with its id were sent before it, and none of them is stored;"
                            + " send it again later")
                    .formatted(MAX_OF_AN_ID));
        }
    }

    /**
     * Creates the sender without connecting.
     *
     * @param declared all declared topics; events of deduplicated ones are sent to their inboxes
     * @param readerProperties supplies the settings of a consumer
     * @param adminProperties supplies the settings of an admin client
     * @param direct supplies the queues of direct events once the routes are started
     * @param within the time after which an event without an answer fails
     */
    public InboxSender(
            Topics declared,
            Supplier<Properties> readerProperties,
            Supplier<Properties> adminProperties,
            Supplier<DirectQueues> direct,
            Duration within,
            MeterRegistry meters,
            LongSupplier nanoTime) {
        this.topics = declared.all().stream()
                .filter(topic -> topic.deduplication() != null)
                .collect(Collectors.toMap(Topic::name, Function.identity()));
        this.direct = direct;
        this.within = within;
        this.nanoTime = nanoTime;
        this.expiredNanos = nanoTime.getAsLong();
        this.answers = new AnswerReader(
                readerProperties, new AnswerEndOffsets(adminProperties), topics.values(), this::answered, this::expire);
        if (!topics.isEmpty()) {
            Gauge.builder("wadi.deduplication.pending.events", pending, Map::size)
                    .description("Ids of events that await the answer of deduplication")
                    .register(meters);
        }
    }

    /** Starts to read answers if there are deduplicated topics. */
    public void start() {
        if (!topics.isEmpty()) {
            answers.start();
        }
    }

    /**
     * Returns a future that completes when the answers of a topic are read, so that events can be sent; null for a
     * topic that is not deduplicated.
     */
    public CompletableFuture<Void> ready(String topic) {
        return topics.containsKey(topic) ? answers.ready(topic) : null;
    }

    /**
     * Sends a record to its topic or, if the topic is deduplicated and the record has an id, to the topic's inbox.
     *
     * @param callback receives the location of the first event with the id, or the failure: {@link IdConflictException}
     *     if that event has different content, {@link TimeoutException} if no answer arrives in time
     */
    public void send(Producer<Object, Object> producer, ProducerRecord<Object, Object> record, Callback callback) {
        Topic topic = topics.get(record.topic());
        byte[] key = topic == null ? null : InboxRecords.id(record);
        if (key == null) {
            producer.send(record, callback);
            return;
        }
        Digest id = Digest.ofId(topic.name(), key);
        PendingEvent sent = new PendingEvent(callback, InboxRecords.digest(record), nanoTime.getAsLong());
        pending.compute(id, (same, before) -> {
            sent.isSent = before == null || before.sentCount < MAX_OF_AN_ID;
            sent.follow(before);
            return sent;
        });
        if (!sent.isSent) {
            return;
        }
        DirectQueue queue = queues().isEmpty() ? null : queue(producer, topic.inbox(), key);
        Origin origin = new Origin(topic, producer, sent);
        if (queue == null || !queue.isOpen() || !offer(queue, origin.direct(record, id, key))) {
            origin.sendToInbox(record, id);
        }
    }

    /** Returns the queue of the partition to which the producer would send an id; null if there is none. */
    private DirectQueue queue(Producer<Object, Object> producer, String inbox, byte[] id) {
        int partitions;
        try {
            partitions = producer.partitionsFor(inbox).size();
        } catch (KafkaException e) { // such as missing metadata, for which the send fails, too, or waits
            LOG.debug("{}: the partitions are unknown, so that no event bypasses the inbox", inbox, e);
            return null;
        }
        return partitions == 0
                ? null
                : queues().find(new TopicPartition(inbox, InboxRecords.partition(id, partitions)));
    }

    private boolean offer(DirectQueue queue, DirectEvent event) {
        if (!queues().tryHold(event.bytes())) {
            return false;
        }
        if (queue.offer(event)) {
            return true;
        }
        queues().release(event.bytes());
        return false;
    }

    private DirectQueues queues() {
        if (queues == null) {
            queues = direct.get();
        }
        return queues;
    }

    /** The sender of an event. */
    private final class Origin implements DirectEvent.Origin {
        private final Topic topic;
        private final Producer<Object, Object> producer;
        private final PendingEvent sent;

        Origin(Topic topic, Producer<Object, Object> producer, PendingEvent sent) {
            this.topic = topic;
            this.producer = producer;
            this.sent = sent;
        }

        DirectEvent direct(ProducerRecord<Object, Object> record, Digest id, byte[] key) {
            return new DirectEvent(
                    record,
                    id,
                    sent.event,
                    InboxRecords.sender(key),
                    DIRECT_BYTES + HeldBytes.length(record.value()) + HeldBytes.of(record.key(), record.headers()),
                    queues().timeMs(),
                    this);
        }

        void sendToInbox(ProducerRecord<Object, Object> record, Digest id) {
            try {
                producer.send(InboxRecords.of(topic, record), (metadata, failure) -> {
                    if (failure == null) {
                        acknowledged(id, sent, metadata.timestamp());
                    } else {
                        fail(id, sent, failure);
                    }
                });
            } catch (RuntimeException e) {
                fail(id, sent, e);
            }
        }

        @Override
        public void answered(DirectEvent event, Answer answer) {
            queues().release(event.bytes());
            if (answer.kind() == Answer.Kind.STORED && remove(event.id(), sent)) {
                complete(sent, new Stored(topic, answer.first(), Long.MAX_VALUE));
                return;
            }
            acknowledged(event.id(), sent, event.timeMs());
            InboxSender.this.answered(topic, topic.deduplication().within().toMillis(), answer);
        }

        @Override
        public void returned(DirectEvent event) {
            queues().release(event.bytes());
            if (!sent.isCompleted()) {
                sendToInbox(event.record(), event.id());
            }
        }
    }

    /** Removes an event if it is the only pending one with its id. Returns whether it was. */
    private boolean remove(Digest id, PendingEvent only) {
        boolean[] isOnly = {false};
        pending.computeIfPresent(id, (same, newest) -> {
            isOnly[0] = newest == only && only.previous == null;
            return isOnly[0] ? null : newest;
        });
        return isOnly[0];
    }

    private void acknowledged(Digest id, PendingEvent sent, long appendedMs) {
        List<Stored> early = new ArrayList<>();
        pending.computeIfPresent(id, (same, newest) -> {
            sent.isAcknowledged = true;
            sent.appendedMs = appendedMs;
            early.addAll(sent.early);
            return newest;
        });
        early.forEach(answer -> apply(id, answer));
    }

    private void fail(Digest id, PendingEvent sent, Exception failure) {
        complete(id, each -> each == sent, each -> each.complete(null, failure), this::noAnswer);
    }

    /**
     * Removes the selected events of an id and completes them in the order of sending. If none of the remaining ones
     * was sent, no answer can arrive for them: removes and fails them, too.
     */
    private void complete(
            Digest id,
            Predicate<PendingEvent> which,
            Consumer<PendingEvent> completion,
            Supplier<Exception> failureOfUnsent) {
        List<PendingEvent> taken = new ArrayList<>();
        List<PendingEvent> unsent = new ArrayList<>();
        pending.computeIfPresent(id, (same, newest) -> {
            List<PendingEvent> all = new ArrayList<>();
            for (PendingEvent each = newest; each != null; each = each.previous) {
                all.add(each);
            }
            PendingEvent left = null;
            for (int i = all.size() - 1; i >= 0; i--) {
                PendingEvent each = all.get(i);
                if (which.test(each)) {
                    taken.add(each);
                } else {
                    each.follow(left);
                    left = each;
                }
            }
            if (left == null || left.sentCount > 0) {
                return left;
            }
            for (PendingEvent each = left; each != null; each = each.previous) {
                unsent.add(each);
            }
            Collections.reverse(unsent);
            return null;
        });
        taken.forEach(completion);
        unsent.forEach(each -> each.complete(null, failureOfUnsent.get()));
    }

    /**
     * Completes the pending events to which a committed answer applies.
     *
     * @param withinMs the window of the flow that wrote the answer, in milliseconds
     */
    void answered(Topic topic, long withinMs, Answer answer) {
        Digest id = answer.id();
        if (!pending.containsKey(id)) {
            return;
        }
        if (answer.kind() == Answer.Kind.STORED) {
            apply(id, new Stored(topic, answer.first(), answer.first().timeMs() + withinMs));
        } else {
            // An event with the same id and different content may be stored.
            complete(
                    id,
                    each -> each.event.equals(answer.event()),
                    each -> each.complete(null, refusal(topic, answer)),
                    NotSentException::new);
        }
    }

    private void apply(Digest id, Stored answer) {
        complete(id, before(answer), each -> complete(each, answer), this::noAnswer);
    }

    private static void complete(PendingEvent event, Stored answer) {
        RecordMetadata first = AnswerReader.location(answer.topic(), answer.first());
        boolean isSame = event.event.equals(answer.first().event());
        event.complete(isSame ? first : null, isSame ? null : new IdConflictException(first));
    }

    /**
     * Selects the events to which an answer applies. Events that were appended after the window get a later answer, and
     * so do the unsent events that follow them. For events that are not acknowledged yet, the answer is kept.
     */
    private static Predicate<PendingEvent> before(Stored answer) {
        AtomicBoolean isAfter = new AtomicBoolean();
        return each -> {
            if (!each.isSent) {
                return !isAfter.get();
            }
            if (!each.isAcknowledged) {
                each.addEarly(answer);
            }
            boolean applies = each.isAcknowledged && each.appendedMs < answer.endMs();
            isAfter.compareAndSet(false, !applies);
            return applies;
        };
    }

    private static Exception refusal(Topic topic, Answer answer) {
        return answer.kind() == Answer.Kind.FULL
                ? new FullException(topic.name(), answer.reason())
                : new InvalidRecordException(answer.reason());
    }

    /** Fails the events for which no answer arrived in time; checks at most once a second. */
    void expire() {
        long now = nanoTime.getAsLong();
        if (now - expiredNanos < EXPIRE_EVERY.toNanos()) {
            return;
        }
        expiredNanos = now;
        for (Digest id : pending.keySet()) {
            complete(
                    id,
                    each -> now - each.sentNanos > within.toNanos(),
                    late -> late.complete(null, noAnswer()),
                    this::noAnswer);
        }
    }

    private Exception noAnswer() {
        return new TimeoutException(
                "no answer of deduplication within %s; the same event may be sent again".formatted(Units.text(within)));
    }

    @Override
    public void close() throws InterruptedException {
        answers.close();
    }
}
