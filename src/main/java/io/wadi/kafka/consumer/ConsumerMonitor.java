package io.wadi.kafka.consumer;

import io.wadi.kafka.Causes;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RouteWork;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports to health, metrics and the log how the partitions of one consumer do: failures, recoveries, the trouble of sinks,
 * and how they advance. Used on the consumer's thread, but for what {@link RouteWork.Task} has.
 */
final class ConsumerMonitor implements RouteWork.Task {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerMonitor.class);

    /** How often health is told how partitions advance: not at each poll, of which there are thousands a second. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private static final OptionalLong NOTHING_TO_READ = OptionalLong.of(0);

    private final PartitionClient client;
    private final OwnedPartitions owned;
    private final PauseController pauses;
    private final FlowConsumer.Plan plan;
    private final PartitionStates.OfGroup states;
    private final PartitionMeters meters;
    private long lookedNanos = System.nanoTime();

    /** Where partitions end, as far as it was asked for while nothing is fetched. */
    private Map<TopicPartition, Long> ends = Map.of();

    /** Those whose troubles are this consumer's. */
    private volatile Set<TopicPartition> reading = Set.of();

    private volatile boolean idle;

    ConsumerMonitor(PartitionClient client, OwnedPartitions owned, PauseController pauses, FlowConsumer.Plan plan) {
        this.client = client;
        this.owned = owned;
        this.pauses = pauses;
        this.plan = plan;
        this.states = plan.states();
        this.meters = plan.meters();
    }

    // ---- RouteWork.Task: for any thread

    @Override
    public boolean isPaused() {
        return idle;
    }

    @Override
    public Optional<String> trouble() {
        return reading.stream()
                .map(states::lastingTrouble)
                .flatMap(Optional::stream)
                .findFirst();
    }

    // ---- events

    /** The route was asked to pause, and {@code isIdle} where nothing that was begun is left. */
    void paused(boolean isIdle) {
        idle = isIdle;
    }

    /** The route was asked to go on. */
    void unpaused() {
        idle = false;
        ends = Map.of();
    }

    /** A partition was rewound to this offset, and backs off. */
    void failed(OwnedPartition partition, long offset, Exception cause) {
        String failure = Causes.inShort(cause);
        LOG.warn(
                "{}@{}: {}; try {} follows in {} ms, nothing is lost",
                partition.partition(),
                offset,
                failure,
                partition.retry().failures() + 1,
                partition.retry().backoff().toMillis());
        LOG.debug("{}@{}", partition.partition(), offset, cause);
        states.failed(partition.partition(), offset, failure);
        meters.failed(partition.partition(), partition.retry().failures());
    }

    /** A partition goes on. */
    void recovered(TopicPartition partition) {
        states.recovered(partition);
        meters.recovered(partition);
    }

    /** Reports the trouble of a partition's sink, where it has changed. */
    void lookAtSink(OwnedPartition partition) {
        ClaimedSink claimed = partition.claimed();
        if (claimed == null) {
            return;
        }
        PartitionSink.Trouble trouble = claimed.sink().trouble();
        if (Objects.equals(trouble, claimed.trouble())) {
            return;
        }
        claimed.trouble(trouble);
        if (trouble == null) {
            recovered(partition.partition());
        } else {
            states.failed(partition.partition(), claimed.sink().safe(), trouble.cause());
            meters.failed(partition.partition(), trouble.tries());
        }
    }

    // ---- looks

    /** Looks, once a second, how all partitions advance. */
    void look() {
        long now = System.nanoTime();
        if (now - lookedNanos < LOOK_EVERY.toNanos()) {
            return;
        }
        lookedNanos = now;
        plan.work().threads().seen(plan.route());
        Set<TopicPartition> assigned = client.assignment();
        reading = Set.copyOf(assigned);
        if (pauses.isPaused()) {
            askForEnds(assigned);
        }
        for (OwnedPartition each : owned.all()) {
            TopicPartition partition = each.partition();
            states.advanced(
                    partition, pauses.isPaused() ? NOTHING_TO_READ : unread(partition, assigned), each::advance);
        }
    }

    /** Has metrics look how far the partitions are. */
    void lookAtMeters() {
        meters.look(owned::find, partition -> unread(partition, client.assignment()));
    }

    /** Only fetches bring along where partitions end. */
    private void askForEnds(Set<TopicPartition> assigned) {
        try {
            ends = client.endOffsets(assigned, LOOK_EVERY);
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("{}: where its partitions end is not known now: {}", plan.route(), Causes.inShort(e));
        }
    }

    private OptionalLong unread(TopicPartition partition, Set<TopicPartition> assigned) {
        if (!assigned.contains(partition)) {
            return OptionalLong.empty();
        }
        Long end = pauses.isPaused() ? ends.get(partition) : null;
        long next = owned.of(partition).delivered();
        return end == null || next == OwnedPartition.NONE
                ? client.currentLag(partition)
                : OptionalLong.of(Math.max(0, end - next));
    }
}
