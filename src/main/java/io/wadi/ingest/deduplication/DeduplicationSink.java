package io.wadi.ingest.deduplication;

import io.wadi.ingest.deduplication.DirectQueues.DirectQueue;
import io.wadi.kafka.Causes;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.TransactionPart;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.topics.Topic;
import io.wadi.runtime.telemetry.MetricValues;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink that deduplicates one partition of an inbox while this consumer owns it. One transaction contains, for the
 * batches of one poll from all owned partitions of the inbox and the direct events of these partitions, the first event
 * of each id for the topic, an answer for each event, and the offsets after the batches. Read-committed consumers find
 * each id once within the window, because
 * <ol>
 *   <li>the ids of committed events are restored from the answers before the first record is processed
 *       ({@link FirstEventsReader}), and later ones are added when their transaction is committed;
 *   <li>all events of an id are in one partition of the inbox, and Kafka fences its former owners by the generation of
 *       the group;
 *   <li>after a commit with an unknown outcome this sink is abandoned, and the next sink reads the outcome. Direct
 *       events are sent to the inbox then.
 * </ol>
 */
final class DeduplicationSink implements PartitionSink {
    private static final Logger LOG = LoggerFactory.getLogger(DeduplicationSink.class);

    /** Maximum number of expired ids that are removed with a batch or a tick, so that neither takes long. */
    private static final int MAX_EXPIRED = 10_000;

    /**
     * The maximum age of the inbox's last record, by the clock of this process, for events to bypass the inbox. Their
     * time is that of this clock, so that windows are inaccurate by at most this.
     */
    private static final Duration DIRECT_WITHIN = Duration.ofSeconds(10);

    /** The maximum time of a poll after a transaction, when further direct events are likely. */
    private static final Duration DIRECT_POLL_TIME = Duration.ofMillis(2);

    private final TopicPartition partition;
    private final Topic topic;
    private final GroupOffset group;
    private final Context context;
    private final MetricValues<DeduplicationMetric> metrics;
    private final DirectQueue direct;
    private Restoration restoration;
    /** Null while the ids are being restored. */
    private FirstEvents known;

    /** The batch with a transaction that is not committed yet; null if there is none. */
    private Part part;

    /** The number of the topic's partitions when it was last read; 0 before. */
    private int partitions;

    private long position;
    /** The group's committed offset: the position, except after offsets without records. */
    private long committed;
    /** The latest time that was passed to {@link #expire}, in milliseconds since 1970. */
    private long newestMs;
    /** The time of the last batch or of the restoration, by the clock of this process, in milliseconds since 1970. */
    private long readMs;
    /** Whether the last batch was recent, by the clock of this process. */
    private boolean isCurrent;

    /**
     * The services that the sinks of all partitions share.
     *
     * @param reader reads the first events of a partition
     * @param restore runs the restoration of ids
     * @param partitions reads the number of a topic's partitions
     * @param direct the queues of direct events
     * @param timeMs the clock, in milliseconds since 1970
     */
    record Context(
            StateReader reader,
            Executor restore,
            IdLimit limit,
            DeadLetterSender deadLetters,
            String routeId,
            ToIntFunction<Topic> partitions,
            DirectQueues direct,
            LongSupplier timeMs) {}

    @FunctionalInterface
    interface StateReader {
        /** See {@link FirstEventsReader#read}. */
        FirstEvents read(Topic topic, int partition, long atMs);
    }

    private DeduplicationSink(RecordBatch batch, Topic topic, Context context, long position) {
        this.partition = batch.partition();
        this.topic = topic;
        this.group = batch.groupOffset();
        this.context = context;
        this.metrics = batch.row().of(DeduplicationMetric.class);
        this.direct = context.direct().add(partition);
        this.position = position;
        this.committed = position;
        restore(batch.records().get(0).timestamp());
    }

    /** Starts to restore the ids that records from this time on may repeat. */
    private void restore(long atMs) {
        restoration =
                Restoration.start(() -> context.reader().read(topic, partition.partition(), atMs), context.restore());
        newestMs = 0;
    }

    /**
     * Opens the sink of a partition that was assigned.
     *
     * @param batch the first records of the partition
     * @throws KafkaException if the committed offset cannot be read
     */
    static DeduplicationSink open(RecordBatch batch, Topic topic, Context context) {
        // Kafka returns the offset once no open transaction contains an offset of this partition.
        long committed = batch.groupOffset().read().offset();
        return new DeduplicationSink(batch, topic, context, Math.max(batch.from(), committed));
    }

    /** Deduplicates the records of a batch from {@link #position()} on; earlier ones were processed before. */
    void append(RecordBatch batch) {
        if (!isRestored() || part != null || batch.from() > position) {
            return; // The consumer reads again from the position on.
        }
        List<ConsumerRecord<byte[], ByteBuffer>> records = batch.records().stream()
                .filter(record -> record.offset() >= position)
                .toList();
        if (records.isEmpty()) {
            return;
        }
        readMs = context.timeMs().getAsLong();
        long atMs = records.get(0).timestamp();
        if (atMs < newestMs - FirstEventsReader.CLOCKS.toMillis()) { // ids within its window may have been removed
            known.close();
            known = null;
            returnDirect();
            restore(atMs);
        } else {
            long lastMs = records.get(records.size() - 1).timestamp();
            isCurrent = Math.abs(readMs - lastMs) <= DIRECT_WITHIN.toMillis();
            List<InboxEvent> events = new ArrayList<>(records.size());
            records.forEach(each -> events.add(new InboxEvent.Read(topic, each)));
            process(events, batch.lastOffset() + 1);
        }
    }

    private boolean isRestored() {
        if (known == null) {
            try {
                known = restoration.take();
            } catch (Exception e) {
                throw new KafkaException(
                        "Partition %s: failed to restore the ids: %s".formatted(partition, Causes.inShort(e)), e);
            }
            if (known != null) {
                readMs = context.timeMs().getAsLong();
                metrics.set(DeduplicationMetric.IDS, known.size());
                LOG.info("Partition {}: restored {} ids", partition, known.size());
            }
        }
        return known != null;
    }

    /** Adds these events and the direct ones to the transaction of the last poll. */
    private void process(List<InboxEvent> events, long end) {
        List<DirectEvent> taken = direct.take();
        events.addAll(taken);
        expire(events.get(0).timeMs());
        if (events.stream().anyMatch(each -> each.partition() >= partitions)) {
            readPartitions(taken);
            events.removeIf(this::isReturned);
        }
        if (!events.isEmpty()) {
            part = new Part(events, end);
            group.join(part);
        }
        if (isCurrent) {
            direct.open();
        } else {
            returnDirect();
        }
    }

    /** Reads the number of the topic's partitions. If that fails, these direct events are sent to the inbox. */
    private void readPartitions(List<DirectEvent> taken) {
        try {
            partitions = context.partitions().applyAsInt(topic);
        } catch (RuntimeException e) {
            taken.forEach(DirectEvent::returned);
            throw e;
        }
    }

    /** Returns a direct event for a partition that the topic does not have; its inbox record becomes a dead letter. */
    private boolean isReturned(InboxEvent event) {
        if (event instanceof DirectEvent direct && direct.partition() >= partitions) {
            direct.returned();
            return true;
        }
        return false;
    }

    private void returnDirect() {
        direct.close().forEach(DirectEvent::returned);
    }

    @Override
    public void beforeTransaction() {
        if (part != null || known == null) {
            return;
        }
        direct.closeIfEmpty();
        if (direct.isOpen()) {
            process(new ArrayList<>(), position);
        }
    }

    /** A batch as a part of the transaction of its poll. */
    private final class Part implements TransactionPart {
        private final List<InboxEvent> events;
        private final long end;
        /** The reasons for which Kafka rejected events in earlier attempts. */
        private final Map<InboxEvent, String> rejections = new LinkedHashMap<>();

        private DeduplicatedBatch attempt;

        Part(List<InboxEvent> events, long end) {
            this.events = events;
            this.end = end;
            attempt = attempt();
        }

        private DeduplicatedBatch attempt() {
            DeduplicatedBatch begun = new DeduplicatedBatch(
                    topic,
                    partition.partition(),
                    partitions,
                    known,
                    context.limit(),
                    context.deadLetters(),
                    context.routeId());
            begun.add(events, rejections);
            return begun;
        }

        @Override
        public Committed offset() {
            return new Committed(end, "");
        }

        @Override
        public List<ProducerRecord<Object, Object>> records() {
            return attempt.records();
        }

        @Override
        public List<ProducerRecord<Object, Object>> next(List<RecordMetadata> locations) {
            return attempt.answers(locations);
        }

        @Override
        public void rejected(SortedMap<Integer, Exception> causes) {
            attempt.withdraw();
            causes.forEach((index, cause) -> rejections.put(attempt.event(index), DeduplicatedBatch.reason(cause)));
            attempt = attempt();
        }

        @Override
        public void committed() {
            part = null;
            attempt.count(metrics);
            position = end;
            committed = end;
            if (!rejections.isEmpty()) {
                LOG.warn(
                        "{}: Kafka rejected {} of {} events; their senders receive the reason. First: {}",
                        partition,
                        rejections.size(),
                        events.size(),
                        rejections.values().iterator().next());
            }
            metrics.set(DeduplicationMetric.IDS, known.size());
            attempt.answerDirect();
        }

        /** Returns the direct events to their senders. */
        void discard() {
            events.forEach(event -> {
                if (event instanceof DirectEvent returned) {
                    returned.returned();
                }
            });
        }
    }

    /**
     * Removes ids that left the window more than {@link FirstEventsReader#CLOCKS} ago, because brokers' clocks differ.
     */
    private void expire(long nowMs) {
        newestMs = Math.max(newestMs, nowMs);
        long before = newestMs - topic.deduplication().within().toMillis() - FirstEventsReader.CLOCKS.toMillis();
        known.expire(before, MAX_EXPIRED);
        metrics.set(DeduplicationMetric.IDS, known.size());
    }

    /**
     * Returns the time by which ids expire between batches. If the last batch is more than
     * {@link FirstEventsReader#CLOCKS} ago, the partition was read to its end or cannot be read, so that ids expire by
     * the clock of this process. If later records are older nevertheless, {@link #append} restores the ids.
     */
    private long idleMs() {
        long nowMs = context.timeMs().getAsLong();
        long clocksMs = FirstEventsReader.CLOCKS.toMillis();
        return nowMs - readMs > clocksMs ? nowMs - clocksMs : newestMs;
    }

    // ---- called by the consumer

    @Override
    public long position() {
        return position;
    }

    @Override
    public long safe() {
        return position;
    }

    /** Returns true while the ids are being restored. */
    @Override
    public boolean appliesBackpressure() {
        return known == null;
    }

    @Override
    public void tick() {
        if (isRestored()) {
            expire(idleMs());
        }
        if (position > committed && group.commit(new Committed(position, ""))) {
            committed = position;
        }
    }

    @Override
    public boolean isWaiting() {
        return known == null;
    }

    @Override
    public Duration maxPollTime() {
        if (known == null || !direct.isOpen()) {
            return PartitionSink.super.maxPollTime();
        }
        return direct.isEmpty() ? DIRECT_POLL_TIME : Duration.ZERO;
    }

    @Override
    public void expired(long next) {
        position = next;
    }

    /** Otherwise a group that has read the whole inbox would have a lag. */
    @Override
    public void nothingBefore(long next) {
        position = next;
    }

    @Override
    public void finish() {
        abandon();
    }

    @Override
    public void abandon() {
        restoration.cancel();
        context.direct().remove(partition, direct);
        if (part != null) {
            part.discard();
            part = null;
        }
        returnDirect();
        if (known != null) {
            known.close();
            known = null;
        }
    }
}
