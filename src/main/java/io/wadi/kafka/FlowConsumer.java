package io.wadi.kafka;

import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer of every flow, in place of Kafka's own under camel-kafka. It guarantees that a record's offset is committed
 * only after the record is done, whatever the error settings of the route: a record is done when its exchange has ended
 * without an exception and everything the exchange sent to Kafka is acknowledged, or, where a {@link PartitionSink} has
 * claimed the partition, when the sink says so. A record that is not done is handed over again, after a growing pause of
 * its partition alone.
 *
 * <p>What a route sends to Kafka on this consumer's thread is acknowledged together, once a poll, so that a route keeps
 * the speed of its producer; what a {@link PartitionSink} sends is waited for at once, because the sink may publish what it
 * holds at any time. After a send that was not acknowledged, the records of that poll are handed over again with
 * each of their sends waited for: so a record that cannot be sent is found out, and fails by itself.
 *
 * <p>Only this class seeks and commits; seeks and commits from outside are ignored. As Kafka's consumer, for one thread.
 */
public final class FlowConsumer extends KafkaConsumer<Object, Object> {
    private static final Logger LOG = LoggerFactory.getLogger(FlowConsumer.class);
    private static final ThreadLocal<FlowConsumer> CURRENT = new ThreadLocal<>();
    private static final long LONGEST_POLL_MS = 300_000;
    private static final Duration COMMIT_WITHIN = Duration.ofSeconds(10);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Handover handover;
    private final Duration acknowledgeWithin;
    private final Map<TopicPartition, PartitionProgress> owned = new HashMap<>();
    private final Acknowledgements sends = new Acknowledgements();

    /** Half of {@code max.poll.interval.ms}, after which a consumer counts as dead. */
    private final Duration halfInterval;

    /** What is being handed over, until its end is reported; guarded by this, as the report may come from another thread. */
    private ConsumerRecord<Object, Object> current;

    /** Whether the current record's exchange has begun, so that its end will be reported. */
    private boolean begun;

    private boolean stopping;
    private long handOutUntilNanos;
    private boolean suspended;

    FlowConsumer(Properties properties, Handover handover, Duration acknowledgeWithin) {
        super(properties);
        this.handover = handover;
        this.acknowledgeWithin = acknowledgeWithin;
        this.halfInterval = Duration.ofMillis(longestPollMs(properties) / 2);
    }

    private static long longestPollMs(Properties properties) {
        Object given = properties.get(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
        return given == null ? LONGEST_POLL_MS : Long.parseLong(given.toString());
    }

    /** The consumer whose poll this thread is working on, or null. */
    static FlowConsumer onThisThread() {
        return CURRENT.get();
    }

    /** Where a send made now is to be counted instead of waited for, or null. */
    static Acknowledgements countingOnThisThread() {
        FlowConsumer consumer = CURRENT.get();
        return consumer != null && consumer.countsSends() ? consumer.sends : null;
    }

    private boolean countsSends() {
        if (current == null) {
            return false;
        }
        PartitionProgress progress = progress(partition(current));
        return progress.sink() == null && !progress.isCareful();
    }

    /**
     * The record or run that is being handed over, whose end will be reported to {@link #ended}; null where there is none.
     */
    synchronized ConsumerRecord<Object, Object> begin() {
        begun = current != null;
        return current;
    }

    /**
     * A record or run left its route; {@code error} is null where that went well. Without effect where its end was
     * reported before or is not waited for any more. Thread-safe.
     */
    synchronized void ended(ConsumerRecord<Object, Object> record, Exception error) {
        if (record != current) {
            return;
        }
        current = null;
        begun = false;
        PartitionProgress progress = progress(partition(record));
        if (error == null) {
            progress.done(record.offset());
        } else {
            progress.failed(error);
        }
        notifyAll();
    }

    /**
     * Waits where an exchange that has begun is still under way on another thread, as after {@code seda:}. What has not
     * ended in half of {@code max.poll.interval.ms} counts as failed.
     */
    private synchronized void awaitEnd() {
        long deadline = System.nanoTime() + halfInterval.toNanos();
        while (begun && !stopping) {
            long leftMs = (deadline - System.nanoTime()) / 1_000_000;
            if (leftMs <= 0) {
                reportUnended();
                return;
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptException(e);
            }
        }
    }

    private synchronized void reportUnended() {
        if (current != null) {
            ended(current, new IllegalStateException("its exchange did not end"));
        }
    }

    @Override
    public ConsumerRecords<Object, Object> poll(Duration timeout) {
        CURRENT.set(this);
        settle();
        resumeDue();
        return handOut(super.poll(timeout));
    }

    // ---- handing over

    private ConsumerRecords<Object, Object> handOut(ConsumerRecords<Object, Object> polled) {
        if (polled.isEmpty()) {
            return polled;
        }
        handOutUntilNanos = System.nanoTime() + halfInterval.toNanos();
        Map<TopicPartition, List<ConsumerRecord<Object, Object>>> deliveries = new LinkedHashMap<>();
        for (TopicPartition partition : polled.partitions()) {
            List<ConsumerRecord<Object, Object>> records = polled.records(partition);
            PartitionProgress progress = progress(partition);
            ConsumerRecord<Object, Object> last = records.get(records.size() - 1);
            progress.fetched(records.get(0).offset(), last.offset(), position(partition));
            deliveries.put(
                    partition, new Deliveries(progress, handover == Handover.RUNS ? List.of(pack(records)) : records));
        }
        return new ConsumerRecords<>(deliveries);
    }

    private ConsumerRecord<Object, Object> pack(List<ConsumerRecord<Object, Object>> records) {
        ConsumerRecord<Object, Object> last = records.get(records.size() - 1);
        TopicPartition partition = partition(last);
        return new ConsumerRecord<>(
                last.topic(),
                last.partition(),
                last.offset(),
                null,
                new Run(partition, bytes(records), new Claiming()));
    }

    /** Keys and values are byte arrays: {@link FlowClientFactory} sets the deserializers. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    private static List<ConsumerRecord<byte[], byte[]>> bytes(List<ConsumerRecord<Object, Object>> records) {
        return (List) records;
    }

    /**
     * The records of one partition. Ends early at a failure, so that a partition's order is kept, and when time is up, so
     * that slow records do not cost the membership in the group; the rest is fetched again.
     */
    private final class Deliveries extends AbstractList<ConsumerRecord<Object, Object>> {
        private final PartitionProgress progress;
        private final List<ConsumerRecord<Object, Object>> records;

        Deliveries(PartitionProgress progress, List<ConsumerRecord<Object, Object>> records) {
            this.progress = progress;
            this.records = records;
        }

        @Override
        public ConsumerRecord<Object, Object> get(int index) {
            return records.get(index);
        }

        @Override
        public int size() {
            return records.size();
        }

        @Override
        public Iterator<ConsumerRecord<Object, Object>> iterator() {
            Iterator<ConsumerRecord<Object, Object>> all = records.iterator();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    awaitEnd();
                    return progress.failure() == null && all.hasNext() && isTimeLeft();
                }

                @Override
                public ConsumerRecord<Object, Object> next() {
                    reportUnended();
                    if (!hasNext()) {
                        throw new NoSuchElementException();
                    }
                    return handOver(all.next());
                }
            };
        }
    }

    private boolean isTimeLeft() {
        return System.nanoTime() - handOutUntilNanos < 0;
    }

    private synchronized ConsumerRecord<Object, Object> handOver(ConsumerRecord<Object, Object> next) {
        current = next;
        return next;
    }

    private final class Claiming implements Run.Claims {
        @Override
        public PartitionSink claim(Run run, Function<Run, ? extends PartitionSink> open) {
            PartitionProgress progress = progress(run.partition());
            if (progress.sink() == null) {
                progress.claim(open.apply(run));
            }
            return progress.sink();
        }

        @Override
        public long committedOffset(TopicPartition partition) {
            OffsetAndMetadata committed = committed(Set.of(partition)).get(partition);
            return committed == null ? PartitionProgress.NONE : committed.offset();
        }
    }

    // ---- between two polls

    /** Brings the records of the last poll to their end: acknowledged, committed, or to be handed over again. */
    private void settle() {
        awaitEnd();
        reportUnended();
        awaitSends();
        for (PartitionProgress progress : owned.values()) {
            tick(progress);
            if (progress.failure() != null) {
                rewind(progress);
            } else {
                long offset = progress.seekTo();
                if (offset != PartitionProgress.NONE) {
                    super.seek(progress.partition(), offset);
                }
            }
        }
        commit(owned.values());
    }

    private void awaitSends() {
        Exception failure = sends.await(acknowledgeWithin);
        if (failure == null) {
            owned.values().forEach(PartitionProgress::acknowledged);
        } else {
            owned.values().forEach(progress -> progress.takeBack(failure));
        }
    }

    private static void tick(PartitionProgress progress) {
        if (progress.sink() != null && progress.failure() == null) {
            try {
                progress.sink().tick();
            } catch (RuntimeException e) {
                progress.failed(e);
            }
        }
    }

    private void rewind(PartitionProgress progress) {
        Exception cause = progress.failure();
        long offset = progress.rewind(System.nanoTime());
        if (offset != PartitionProgress.NONE) {
            super.seek(progress.partition(), offset);
        }
        super.pause(Set.of(progress.partition()));
        LOG.warn(
                "{}@{}: {}; try {} follows, nothing is lost",
                progress.partition(),
                offset,
                Causes.inShort(cause),
                progress.failures() + 1);
        LOG.debug("{}@{}", progress.partition(), offset, cause);
    }

    private void resumeDue() {
        if (suspended) {
            return;
        }
        long now = System.nanoTime();
        for (PartitionProgress progress : owned.values()) {
            if (progress.isDue(now)) {
                super.resume(Set.of(progress.partition()));
            }
        }
    }

    private void commit(Collection<PartitionProgress> which) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (PartitionProgress progress : which) {
            long offset = progress.toCommit();
            if (offset != PartitionProgress.NONE) {
                offsets.put(progress.partition(), new OffsetAndMetadata(offset));
            }
        }
        if (offsets.isEmpty()) {
            return;
        }
        try {
            commitNow(offsets);
            offsets.forEach((partition, offset) -> progress(partition).committed(offset.offset()));
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            // The records are done all the same; the commit follows with the next poll or is made up for by the next
            // owner. What does not heal is said by the poll as well.
            LOG.warn("Offsets {} were not committed yet: {}", offsets, Causes.inShort(e));
        }
    }

    /** A wake-up is for polls; what is done is committed all the same. */
    private void commitNow(Map<TopicPartition, OffsetAndMetadata> offsets) {
        try {
            super.commitSync(offsets, COMMIT_WITHIN);
        } catch (WakeupException e) {
            super.commitSync(offsets, COMMIT_WITHIN);
        }
    }

    // ---- ownership

    private final class Ownership implements ConsumerRebalanceListener {
        private final ConsumerRebalanceListener camels;

        Ownership(ConsumerRebalanceListener camels) {
            this.camels = camels;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            camels.onPartitionsAssigned(partitions);
            partitions.forEach(FlowConsumer.this::progress);
            if (suspended) {
                pause(partitions);
            }
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            try {
                camels.onPartitionsRevoked(partitions);
            } finally {
                handBack(partitions);
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            try {
                camels.onPartitionsLost(partitions);
            } finally {
                partitions.forEach(FlowConsumer.this::drop);
            }
        }
    }

    /** Finishes the partitions' open work and commits it; what cannot be finished is done by the next owner. */
    private void handBack(Collection<TopicPartition> partitions) {
        awaitEnd();
        reportUnended();
        awaitSends();
        List<PartitionProgress> handedBack = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            PartitionProgress progress = owned.get(partition);
            if (progress != null) {
                finish(progress);
                handedBack.add(progress);
            }
        }
        try {
            commit(handedBack);
        } finally {
            handedBack.forEach(FlowConsumer::release);
            partitions.forEach(owned::remove);
        }
    }

    private static void finish(PartitionProgress progress) {
        if (progress.failure() != null || progress.sink() == null) {
            return;
        }
        try {
            progress.sink().finish();
        } catch (RuntimeException e) {
            progress.failed(e);
            LOG.warn("{} is left to its next owner unfinished: {}", progress.partition(), Causes.inShort(e));
        }
    }

    private static void release(PartitionProgress progress) {
        if (progress.failure() != null) {
            progress.abandonSink();
        }
    }

    private void drop(TopicPartition partition) {
        PartitionProgress progress = owned.remove(partition);
        if (progress != null) {
            progress.abandonSink();
        }
    }

    private PartitionProgress progress(TopicPartition partition) {
        return owned.computeIfAbsent(partition, PartitionProgress::new);
    }

    // ---- what camel-kafka calls

    /** The names may have blanks around them, as a list in a property has after its commas. */
    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        super.subscribe(topics.stream().map(String::strip).toList(), new Ownership(listener));
    }

    @Override
    public void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
        super.subscribe(pattern, new Ownership(listener));
    }

    /** Ignored: only this class knows where to read on. */
    @Override
    public void seek(TopicPartition partition, long offset) {
        LOG.debug("Seek to {}@{} ignored", partition, offset);
    }

    /** Ignored: only this class knows where to read on. */
    @Override
    public void seek(TopicPartition partition, OffsetAndMetadata offset) {
        LOG.debug("Seek to {}@{} ignored", partition, offset);
    }

    /** Ignored: only this class knows where to read on. */
    @Override
    public void seekToBeginning(Collection<TopicPartition> partitions) {
        LOG.debug("Seek to the beginning of {} ignored", partitions);
    }

    /** Ignored: only this class knows where to read on. */
    @Override
    public void seekToEnd(Collection<TopicPartition> partitions) {
        LOG.debug("Seek to the end of {} ignored", partitions);
    }

    /** Ignored: only this class knows what is done. */
    @Override
    public void commitSync() {
        LOG.debug("Commit ignored");
    }

    /** Ignored: only this class knows what is done. */
    @Override
    public void commitSync(Duration timeout) {
        LOG.debug("Commit ignored");
    }

    /** Ignored: only this class knows what is done. */
    @Override
    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
        LOG.debug("Commit of {} ignored", offsets);
    }

    /** Ignored: only this class knows what is done. */
    @Override
    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        LOG.debug("Commit of {} ignored", offsets);
    }

    /** Ignored: only this class knows what is done. */
    @Override
    public void commitAsync() {
        LOG.debug("Commit ignored");
    }

    /** Ignored, the callback is not called: only this class knows what is done. */
    @Override
    public void commitAsync(OffsetCommitCallback callback) {
        LOG.debug("Commit ignored");
    }

    /** Ignored, the callback is not called: only this class knows what is done. */
    @Override
    public void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback callback) {
        LOG.debug("Commit of {} ignored", offsets);
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        suspended = true;
        super.pause(partitions);
    }

    /** Resumes what a route's suspension has paused; a partition that waits after a failure goes on waiting. */
    @Override
    public void resume(Collection<TopicPartition> partitions) {
        suspended = false;
        super.resume(partitions.stream()
                .filter(partition -> !progress(partition).isWaiting())
                .collect(Collectors.toSet()));
    }

    /** Camel's word that a stop has taken too long. What is under way may still come to its end, but is not waited for long. */
    @Override
    public void wakeup() {
        stopWaiting();
        sends.hurry();
        super.wakeup();
    }

    private synchronized void stopWaiting() {
        stopping = true;
        notifyAll();
    }

    @Override
    public void close() {
        try {
            super.close(CLOSE_WITHIN);
        } finally {
            List.copyOf(owned.keySet()).forEach(this::drop);
            CURRENT.remove();
        }
    }

    private static TopicPartition partition(ConsumerRecord<?, ?> consumed) {
        return new TopicPartition(consumed.topic(), consumed.partition());
    }

    static String at(ConsumerRecord<?, ?> consumed) {
        return consumed.topic() + "-" + consumed.partition() + "@" + consumed.offset();
    }
}
