package io.wadi.ingest.deduplication;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.ingest.deduplication.AnswerReader.AnswerEndOffsets;
import io.wadi.ingest.deduplication.DirectQueues.DirectQueue;
import io.wadi.ingest.deduplication.PendingEvents.PendingEvent;
import io.wadi.kafka.records.HeldBytes;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events of deduplicated topics to their inboxes, or to the queue of direct events of a partition that this
 * process owns ({@link DirectQueue}), and completes them with their answers ({@link PendingEvents}). Thread-safe.
 */
public final class InboxSender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InboxSender.class);

    /** The heap that an event occupies until its answer arrives, in addition to that of an event without one. */
    public static final int PENDING_BYTES = 256;

    /**
     * The maximum size of a direct event in bytes, with its objects. Kafka accepts each of them unless the topic has a
     * smaller limit that topics.yaml does not declare. So the outcome of a larger event does not depend on whether it
     * bypasses the inbox, and none fails the transaction of others.
     */
    static final int MAX_DIRECT_BYTES = 60 * 1024;

    /** The objects of a direct event in bytes, besides its record's key, value and headers. */
    private static final int DIRECT_BYTES = 400;

    private final Map<String, Topic> topics;
    /** The maximum size of a direct event by topic. */
    private final Map<String, Integer> maxDirectBytes;

    private final PendingEvents pending;
    private final AnswerReader answers;
    private final Supplier<DirectQueues> direct;
    /** Null before its first use. */
    private volatile DirectQueues queues;

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
        this.maxDirectBytes =
                topics.values().stream().collect(Collectors.toMap(Topic::name, InboxSender::maxDirectBytes));
        this.direct = direct;
        this.pending = new PendingEvents(within, nanoTime);
        this.answers =
                new AnswerReader(readerProperties, new AnswerEndOffsets(adminProperties), topics.values(), pending);
        if (!topics.isEmpty()) {
            Gauge.builder("wadi.deduplication.pending.events", pending, PendingEvents::ids)
                    .description("Ids of events that await the answer of deduplication")
                    .register(meters);
        }
    }

    private static int maxDirectBytes(Topic topic) {
        String declared = topic.config().get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        return declared == null ? MAX_DIRECT_BYTES : Math.min(MAX_DIRECT_BYTES, Integer.parseInt(declared));
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
        PendingEvent sent = pending.add(id, InboxRecords.digest(record), callback);
        if (sent == null) {
            return;
        }
        DirectQueue queue = queues().isEmpty() ? null : queue(producer, topic.inbox(), key);
        Origin origin = new Origin(topic, producer, sent);
        if (queue == null || !queue.isOpen() || !offer(topic, queue, origin.direct(record, key))) {
            origin.sendToInbox(record);
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

    private boolean offer(Topic topic, DirectQueue queue, DirectEvent event) {
        if (event.bytes() > maxDirectBytes.get(topic.name()) || !queues().tryHold(event.bytes())) {
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

        DirectEvent direct(ProducerRecord<Object, Object> record, byte[] key) {
            return new DirectEvent(
                    record,
                    sent.id(),
                    sent.content(),
                    InboxRecords.sender(key),
                    DIRECT_BYTES + HeldBytes.length(record.value()) + HeldBytes.of(record.key(), record.headers()),
                    queues().timeMs(),
                    this);
        }

        void sendToInbox(ProducerRecord<Object, Object> record) {
            if (!pending.toInbox(sent)) {
                return;
            }
            try {
                producer.send(InboxRecords.of(topic, record), (metadata, failure) -> {
                    if (failure == null) {
                        pending.acknowledged(sent, metadata.timestamp());
                    } else {
                        pending.fail(sent, failure);
                    }
                });
            } catch (RuntimeException e) {
                pending.fail(sent, e);
            }
        }

        @Override
        public void answered(DirectEvent event, Answer answer) {
            queues().release(event.bytes());
            pending.answeredDirectly(topic, sent, event.timeMs(), answer);
        }

        @Override
        public void returned(DirectEvent event) {
            queues().release(event.bytes());
            sendToInbox(event.record());
        }
    }

    /** Returns the events that wait for their answers. */
    PendingEvents pending() {
        return pending;
    }

    @Override
    public void close() throws InterruptedException {
        answers.close();
    }
}
