package io.wadi.kafka.consumer;

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
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Kafka consumer of every flow, called by camel-kafka. It commits a record's offset only after the record is
 * completed, whatever the error settings of the route: its exchange has ended without an exception and everything the
 * exchange sent to Kafka is acknowledged, or, if a {@link PartitionSink} has claimed the partition, the sink commits
 * it. An uncompleted record is delivered again after an exponential backoff of its partition alone. Offsets that Kafka
 * no longer has are logged and counted before reading continues after them.
 *
 * <p>The consumer awaits the acknowledgements of the sends on its thread together, ten times a second, to keep the
 * producer's throughput. Sends of a {@link PartitionSink} are awaited at once, because the sink may publish at any
 * time. After an unacknowledged send, the records since then are retried in isolation with each of their sends awaited,
 * so that only a record that cannot be sent fails.
 *
 * <p>With exactly-once, the sends of a route on this consumer's thread and the offsets of their records are one
 * transaction. A failure aborts all of it; the records are delivered again, the failed one in its own transaction. Of a
 * record with a rejected send, only later sends of its route are committed, such as its dead letter. A {@link
 * RecordBatch} without a sink completes or fails as one record; its records are delivered one by one to find the one
 * that fails ({@link RecordBatch#isolateRecords}).
 *
 * <p>If the route commits itself ({@code allowManualCommit=true}), a commit of a record counts for it and all records
 * before it in its partition, and is made once all of them are completed as above: never over an unfinished earlier
 * record, and not if the record's exchange fails after it. Records after the last commit are delivered again after a
 * restart or to the next owner. A synchronous commit is made before the next record of any partition is delivered, an
 * asynchronous one with a later poll; neither blocks the route, and one that fails is repeated. A commit may be called
 * on any thread, also after its exchange has ended.
 *
 * <p>When the route's target is paused ({@link RouteControl}), records in flight and sinks are finished and committed;
 * then fetching stops, and the consumer stays in its group until the route's target is running again.
 *
 * <p>For one thread, as Kafka's consumer. {@link PollLoop} implements the polls.
 */
public final class FlowConsumer extends GuardedConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(FlowConsumer.class);
    private static final long DEFAULT_MAX_POLL_MS = 300_000;
    /** Half of the transaction timeout. */
    private static final Duration TRANSACTION_DELIVERY_TIMEOUT = Duration.ofSeconds(5);

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    /** The wait after a failed poll, since Camel connects again at once. */
    private static final Duration RECONNECT_BACKOFF = Duration.ofSeconds(1);

    private final Config config;
    private final ConsumerContext context;
    private final PollLoop loop;
    private final Runnable unregister;
    private final CountDownLatch wakeUp = new CountDownLatch(1);

    /** Whether the last poll has not failed. */
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

    /** Half of {@code max.poll.interval.ms}, so that a slow delivery does not cost the membership in the group. */
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
        } catch (KafkaException e) {
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

    /** Waits until the next attempt, or until {@link #wakeup}. */
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

    private ConsumerRebalanceListener rebalances(ConsumerRebalanceListener camel) {
        return new RebalanceHandler(camel, context);
    }

    /** Strips blanks around the names, as in a comma-separated property. */
    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        List<String> names = topics.stream().map(String::strip).toList();
        if (config.partitions().isEmpty()) {
            super.subscribe(names, rebalances(listener));
        } else {
            manualAssignment = rebalances(listener);
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
        super.subscribe(pattern, rebalances(listener));
    }

    @Override
    public void unsubscribe() {
        if (manualAssignment != null) {
            manualAssignment.onPartitionsRevoked(assignment());
            manualAssignment = null;
        }
        super.unsubscribe();
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
     * Called by Camel when a stop takes too long. Records in flight may still complete, but are not awaited for long.
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
