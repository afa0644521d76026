package io.wadi.kafka.consumer;

import io.wadi.kafka.Handover;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.health.FatalErrors;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka consumer of every flow, called by camel-kafka. It commits a record's offset only after the record is
 * completed, regardless of the route's error settings: the record's exchange has ended without an exception, and Kafka
 * has acknowledged everything that the exchange sent. If a {@link PartitionSink} has claimed the partition, the sink
 * commits its offsets. A record that fails is delivered again after an exponential backoff, in which only its partition
 * is paused. Offsets that Kafka no longer has are logged and counted before reading continues after them.
 *
 * <p>To keep the producer's throughput, the consumer awaits the acknowledgements of all sends on its thread together,
 * ten times a second. Sends for a partition with a {@link PartitionSink} are awaited one by one, because the sink may
 * publish at any time. If a send is not acknowledged, the records since the last acknowledgements are retried in
 * isolation: each of their sends is awaited, so that only records that cannot be sent fail.
 *
 * <p>With exactly-once, the sends of a route on this consumer's thread and the offsets of their records are one
 * transaction. A failure aborts the whole transaction; the records are delivered again, the failed one in its own
 * transaction. If one of a record's sends is rejected, only the sends after it are committed, such as the record's dead
 * letter. A {@link RecordBatch} without a sink completes or fails as one record; to find the record that fails, its
 * records are delivered one by one ({@link RecordBatch#isolateRecords}).
 *
 * <p>If the route commits itself ({@code allowManualCommit=true}), a commit of a record covers that record and all
 * earlier records of its partition. The consumer makes the commit once all of them are completed as above: never past
 * an uncompleted earlier record, and not if the record's exchange fails after it has requested the commit. Records
 * after the last commit are delivered again after a restart or to the next owner. A synchronous commit is made before
 * the next record of any partition is delivered, an asynchronous one with a later poll. Neither blocks the route, and a
 * failed commit is retried. A commit may be requested on any thread, even after its exchange has ended.
 *
 * <p>When the route's target is paused ({@link RouteControl}), records in flight and sinks are finished and committed;
 * then fetching stops, and the consumer stays in its group until the route's target is running again.
 *
 * <p>Not thread-safe, like Kafka's consumer. {@link PollLoop} implements the polls.
 */
public final class FlowConsumer extends GuardedConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(FlowConsumer.class);
    private static final long DEFAULT_MAX_POLL_MS = 300_000;
    /** Half of the transaction timeout. */
    private static final Duration TRANSACTION_DELIVERY_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    /** The delay after a failed poll, since Camel reconnects immediately. */
    private static final Duration RECONNECT_BACKOFF = Duration.ofSeconds(1);

    private final Config config;
    private final ConsumerContext context;
    private final PollLoop loop;
    private final Runnable unregister;
    private final CountDownLatch wakeUp = new CountDownLatch(1);

    /** Whether the last poll has succeeded. */
    private boolean hasPolled;

    /** The listener of manually assigned partitions; null if the group assigns them. */
    private ConsumerRebalanceListener manualAssignment;

    /**
     * The configuration of a consumer.
     *
     * @param partitions the manually assigned partitions; empty if the group assigns them
     * @param acknowledgeWithin the timeout of acknowledgements
     * @param transactionalProducer creates a producer with a {@code transactional.id}
     * @param exactlyOnce whether sends and offsets are committed in one transaction
     * @param manualCommits whether offsets are committed only as far as the route requests it
     */
    public record Config(
            String route,
            Handover handover,
            OffsetReset reset,
            Set<Integer> partitions,
            Duration acknowledgeWithin,
            PartitionStates.GroupStates states,
            PartitionMeters meters,
            RouteControl control,
            Function<String, Producer<Object, Object>> transactionalProducer,
            boolean exactlyOnce,
            boolean manualCommits) {}

    public FlowConsumer(Properties properties, Config config) {
        super(
                properties,
                config.handover() == Handover.BATCHES ? new ByteBufferDeserializer() : new ByteArrayDeserializer());
        this.config = config;
        context = ConsumerContext.of(this, config, deliveryTimeout(properties, config), System::nanoTime);
        loop = new PollLoop(config.route(), config.control(), context, System::nanoTime);
        unregister = config.control().register(config.route(), context.monitor());
    }

    /**
     * Returns half of {@code max.poll.interval.ms}, at most 5 s with exactly-once. A poll's records, with the last
     * exchange, take at most three quarters of the interval, so that a slow delivery does not remove the consumer from
     * its group.
     */
    private static Duration deliveryTimeout(Properties properties, Config config) {
        Object maxPollMs = properties.getOrDefault(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, DEFAULT_MAX_POLL_MS);
        Duration timeout = Duration.ofMillis(Long.parseLong(maxPollMs.toString()) / 2);
        return config.exactlyOnce() && timeout.compareTo(TRANSACTION_DELIVERY_TIMEOUT) > 0
                ? TRANSACTION_DELIVERY_TIMEOUT
                : timeout;
    }

    @Override
    public ConsumerRecords<Object, Object> poll(Duration timeout) {
        context.inFlight().bindThread();
        try {
            ConsumerRecords<Object, Object> records = loop.poll(timeout);
            if (!hasPolled) {
                config.control().threads().polled();
                hasPolled = true;
            }
            return records;
        } catch (InvalidOffsetException e) {
            // Thrown with autoOffsetReset=none only, which requires pollOnError=STOP: Camel ends this thread.
            config.control().threads().ended(config.route(), e);
            throw e;
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (RuntimeException e) {
            config.control().threads().pollFailed(config.route(), e);
            hasPolled = false;
            backOff();
            throw e;
        } catch (Error e) {
            // Camel catches exceptions only, and its executor swallows errors.
            config.control().threads().ended(config.route(), e);
            FatalErrors.endOnUncaught(Thread.currentThread(), e);
            LOG.error(
                    "Route {}: consumer thread {} ended with an error",
                    config.route(),
                    Thread.currentThread().getName(),
                    e);
            throw e;
        }
    }

    /** Waits for the reconnect backoff, or until {@link #wakeup}. */
    private void backOff() {
        try {
            wakeUp.await(RECONNECT_BACKOFF.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    void requestCommit(Map<TopicPartition, OffsetAndMetadata> offsets, boolean beforeNext) {
        if (!config.manualCommits()) {
            throw new IllegalStateException("A route commits offsets only with allowManualCommit=true");
        }
        offsets.forEach((partition, offset) -> context.requests().add(partition, offset.offset(), beforeNext));
    }

    /**
     * Subscribes to the topics, or assigns their configured partitions. Spaces around names are stripped, since the
     * names are from a comma-separated list.
     */
    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        List<String> names = topics.stream().map(String::strip).toList();
        if (config.partitions().isEmpty()) {
            super.subscribe(names, new RebalanceHandler(listener, context));
        } else {
            manualAssignment = new RebalanceHandler(listener, context);
            List<TopicPartition> assigned = names.stream()
                    .flatMap(topic -> config.partitions().stream().map(number -> new TopicPartition(topic, number)))
                    .toList();
            assign(assigned);
            manualAssignment.onPartitionsAssigned(assigned);
        }
    }

    @Override
    public void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
        if (!config.partitions().isEmpty()) {
            throw new IllegalArgumentException(
                    "Cannot assign " + config.partitions() + " of topic pattern " + pattern + ": expected topic names");
        }
        super.subscribe(pattern, new RebalanceHandler(listener, context));
    }

    @Override
    public void unsubscribe() {
        context.positions().unsubscribing(true);
        try {
            if (manualAssignment != null) {
                manualAssignment.onPartitionsRevoked(assignment());
                manualAssignment = null;
            }
            super.unsubscribe();
        } finally {
            context.positions().unsubscribing(false);
        }
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        context.pauses().suspend(partitions);
    }

    /** Ends a suspension; a partition that is paused for another reason stays paused. */
    @Override
    public void resume(Collection<TopicPartition> partitions) {
        context.pauses().unsuspend(partitions);
    }

    /**
     * Called by Camel when a stop takes too long. Records in flight may still complete, but the consumer no longer
     * waits long for them.
     */
    @Override
    public void wakeup() {
        wakeUp.countDown();
        context.inFlight().stopWaiting();
        context.sends().expediteAcknowledgements();
        super.wakeup();
    }

    @Override
    public void close() {
        try {
            super.close(CloseOptions.timeout(CLOSE_WITHIN));
        } finally {
            unregister.run();
            context.close();
            context.inFlight().unbindThread();
        }
    }
}
