package io.wadi.kafka.consumer;

import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RouteWork;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.health.FatalErrors;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer of every flow, in place of Kafka's own under camel-kafka. It guarantees that a record's offset is committed
 * only after the record is done, whatever the error settings of the route: a record is done when its exchange has ended
 * without an exception and everything the exchange sent to Kafka is acknowledged, or, where a {@link PartitionSink} has
 * claimed the partition, when the sink commits it. A record that is not done is delivered again, after a growing pause of
 * its partition alone. Offsets that Kafka has no more are logged and counted before reading goes on behind them.
 *
 * <p>What a route sends to Kafka on this consumer's thread is acknowledged together, ten times a second, so that a route keeps
 * the speed of its producer; what a {@link PartitionSink} sends is awaited at once, because the sink may publish what it
 * holds at any time. After a send that was not acknowledged, the records since then are delivered again in isolation, with
 * each of their sends awaited: so a record that cannot be sent is found out, and fails by itself.
 *
 * <p>Where a route is to be exactly once, what it sends to Kafka on this consumer's thread is one transaction with the offsets
 * of the records it comes from. What fails in it takes all of it back; the records are delivered again, the one that has
 * failed in a transaction of its own. A record one of whose sends was refused leaves nothing but what its route has sent after
 * that, such as a dead letter. A {@link RecordBatch} without a sink is done or fails as one record does; its records are delivered one
 * by one where it has to be known which of them fails ({@link RecordBatch#isolateRecords}).
 *
 * <p>Where the route is asked to pause ({@link RouteWork}), what was delivered is finished, sinks finish what they have open, and
 * all of it is committed; then nothing more is fetched, and the consumer stays in its group, until the route is asked to go on.
 *
 * <p>As Kafka's consumer, for one thread. This class is what camel-kafka calls; {@link PollLoop} does the work.
 */
public final class FlowConsumer extends GuardedConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(FlowConsumer.class);
    private static final long LONGEST_POLL_MS = 300_000;
    /** How long records may be delivered after a poll where a transaction waits for them, which has 10 s. */
    private static final Duration LONGEST_TRANSACTION = Duration.ofSeconds(5);

    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Plan plan;
    private final ConsumerContext parts;
    private final PollLoop loop;
    private final Runnable workEnded;

    /** The listener of partitions that are assigned by hand, or null where the group assigns them. */
    private ConsumerRebalanceListener byHand;

    /**
     * How a consumer works.
     *
     * @param route the route that it works for
     * @param handover how records are delivered
     * @param reset where it reads where nothing is committed, or what is committed is in Kafka no more
     * @param partitions those it is assigned by hand, or empty where the group assigns them
     * @param acknowledgeWithin how long acknowledgements are awaited
     * @param states where it reports how the partitions are doing
     * @param meters what counts the partitions' records
     * @param work says what the route is asked
     * @param transactionalProducer makes one of its own for what is sent together with offsets
     * @param exactlyOnce whether what a route sends is one transaction with the offsets of the records it comes from
     */
    public record Plan(
            String route,
            Handover handover,
            OffsetReset reset,
            Set<Integer> partitions,
            Duration acknowledgeWithin,
            PartitionStates.OfGroup states,
            PartitionMeters meters,
            RouteWork work,
            Supplier<Producer<Object, Object>> transactionalProducer,
            boolean exactlyOnce) {}

    /** Takes Kafka's settings, and how it works. */
    public FlowConsumer(Properties properties, Plan plan) {
        super(properties);
        this.plan = plan;
        parts = ConsumerContext.of(this, plan, longest(properties, plan), System::nanoTime);
        loop = new PollLoop(plan.route(), plan.work(), parts, System::nanoTime);
        workEnded = plan.work().begun(plan.route(), parts.monitor());
    }

    /** Half of max.poll.interval.ms, after which a consumer counts as dead. */
    private static Duration longest(Properties properties, Plan plan) {
        Duration longest = Duration.ofMillis(longestPollMs(properties) / 2);
        return plan.exactlyOnce() && longest.compareTo(LONGEST_TRANSACTION) > 0 ? LONGEST_TRANSACTION : longest;
    }

    private static long longestPollMs(Properties properties) {
        Object given = properties.get(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
        return given == null ? LONGEST_POLL_MS : Long.parseLong(given.toString());
    }

    @Override
    public ConsumerRecords<Object, Object> poll(Duration timeout) {
        parts.inFlight().begunThread();
        try {
            return loop.poll(timeout);
        } catch (Error e) {
            // Ends this thread's work: Camel catches exceptions only, and its executor swallows the rest.
            plan.work().threads().ended(plan.route(), e);
            FatalErrors.endOnUncaught(Thread.currentThread(), e);
            LOG.error(
                    "Route {}: its consumer thread {} ends",
                    plan.route(),
                    Thread.currentThread().getName(),
                    e);
            throw e;
        }
    }

    private ConsumerRebalanceListener rebalances(ConsumerRebalanceListener camel) {
        return new RebalanceHandler(camel, parts);
    }

    /** The names may have blanks around them, as a list in a property has after its commas. */
    @Override
    public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
        List<String> names = topics.stream().map(String::strip).toList();
        if (plan.partitions().isEmpty()) {
            super.subscribe(names, rebalances(listener));
        } else {
            byHand = rebalances(listener);
            List<TopicPartition> assigned = names.stream()
                    .flatMap(topic -> plan.partitions().stream().map(number -> new TopicPartition(topic, number)))
                    .toList();
            assign(assigned);
            byHand.onPartitionsAssigned(assigned);
        }
    }

    @Override
    public void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
        if (!plan.partitions().isEmpty()) {
            throw new IllegalArgumentException(
                    "partitions can be assigned by hand for topics that are named, not for a pattern: " + pattern);
        }
        super.subscribe(pattern, rebalances(listener));
    }

    @Override
    public void unsubscribe() {
        if (byHand != null) {
            byHand.onPartitionsRevoked(assignment());
            byHand = null;
        }
        super.unsubscribe();
    }

    @Override
    public void pause(Collection<TopicPartition> partitions) {
        parts.pauses().suspend(partitions);
    }

    /** Resumes what a route's suspension has paused; a partition that is paused for another reason stays paused. */
    @Override
    public void resume(Collection<TopicPartition> partitions) {
        parts.pauses().unsuspend(partitions);
    }

    /** Camel's word that a stop has taken too long. What is under way may still come to its end, but is not awaited for long. */
    @Override
    public void wakeup() {
        parts.inFlight().stopWaiting();
        parts.sends().hurry();
        super.wakeup();
    }

    @Override
    public void close() {
        try {
            super.close(CLOSE_WITHIN);
        } finally {
            workEnded.run();
            parts.close();
            parts.inFlight().endedThread();
        }
    }
}
