package io.wadi.kafka.consumer;

import io.wadi.kafka.Causes;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.config.Units;
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
 * The monitor of a consumer, which reports failures, recoveries, sink failures and progress of its partitions to
 * health, metrics and the log. Used on the consumer's thread, except for the methods of {@link RouteControl.Task}.
 */
final class ConsumerMonitor implements RouteControl.Task {
    private static final Logger LOG = LoggerFactory.getLogger(ConsumerMonitor.class);

    /** The interval of progress reports. Reporting on each poll would be too often: there are thousands a second. */
    private static final Duration UPDATE_INTERVAL = Duration.ofSeconds(1);

    private static final OptionalLong NOTHING_TO_READ = OptionalLong.of(0);

    private final PartitionClient client;
    private final OwnedPartitions owned;
    private final PauseController pauses;
    private final FlowConsumer.Config config;
    private final PartitionStates.GroupStates states;
    private final PartitionMeters meters;
    private long updatedNanos = System.nanoTime();

    /** The end offsets, fetched while the consumer is paused. */
    private Map<TopicPartition, Long> ends = Map.of();

    private volatile Set<TopicPartition> assigned = Set.of();

    private volatile boolean idle;

    ConsumerMonitor(PartitionClient client, OwnedPartitions owned, PauseController pauses, FlowConsumer.Config config) {
        this.client = client;
        this.owned = owned;
        this.pauses = pauses;
        this.config = config;
        this.states = config.states();
        this.meters = config.meters();
    }

    // ---- RouteControl.Task: thread-safe

    @Override
    public boolean isPaused() {
        return idle;
    }

    @Override
    public Optional<String> lastingFailure() {
        return assigned.stream()
                .map(states::lastingFailure)
                .flatMap(Optional::stream)
                .findFirst();
    }

    // ---- events

    /** Reports that the route is paused; {@code isIdle} if no records are in flight. */
    void paused(boolean isIdle) {
        idle = isIdle;
    }

    void unpaused() {
        idle = false;
        ends = Map.of();
    }

    /** Reports that a partition was rewound to this offset and is backing off. */
    void failed(OwnedPartition partition, long offset, Exception cause) {
        String failure = Causes.inShort(cause);
        LOG.warn(
                "Partition {}: retrying from offset {} in {} (attempt {}): {}",
                partition.partition(),
                offset,
                Units.text(partition.retry().backoff()),
                partition.retry().failures() + 1,
                failure);
        LOG.debug("Partition {}: failure at offset {}", partition.partition(), offset, cause);
        states.failed(partition.partition(), offset, failure);
        meters.failed(partition.partition(), partition.retry().failures());
    }

    void recovered(TopicPartition partition) {
        states.recovered(partition);
        meters.recovered(partition);
    }

    /** Reports the failure of a partition's sink, if it has changed. */
    void updateSink(OwnedPartition partition) {
        ClaimedSink claimed = partition.claimed();
        if (claimed == null) {
            return;
        }
        PartitionSink.Failure failure = claimed.sink().failure();
        if (Objects.equals(failure, claimed.failure())) {
            return;
        }
        claimed.failure(failure);
        if (failure == null) {
            recovered(partition.partition());
        } else {
            states.failed(partition.partition(), claimed.sink().safe(), failure.cause());
            meters.failed(partition.partition(), failure.attempts());
        }
    }

    // ---- progress

    /** Reports the progress of all partitions, once a second. */
    void update() {
        long now = System.nanoTime();
        if (now - updatedNanos < UPDATE_INTERVAL.toNanos()) {
            return;
        }
        updatedNanos = now;
        config.control().threads().active(config.route());
        assigned = Set.copyOf(client.assignment());
        if (pauses.isPaused()) {
            fetchEndOffsets();
        }
        for (OwnedPartition each : owned.all()) {
            TopicPartition partition = each.partition();
            states.progressed(
                    partition, pauses.isPaused() ? NOTHING_TO_READ : unread(partition, assigned), each::progress);
        }
    }

    void updateMeters() {
        meters.update(owned::find, partition -> unread(partition, client.assignment()));
    }

    /** Fetches the end offsets: responses to fetches include them, but a paused consumer sends no fetches. */
    private void fetchEndOffsets() {
        try {
            ends = client.endOffsets(assigned, UPDATE_INTERVAL);
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("Route {}: failed to fetch end offsets: {}", config.route(), Causes.inShort(e));
        }
    }

    private OptionalLong unread(TopicPartition partition, Set<TopicPartition> readable) {
        if (!readable.contains(partition)) {
            return OptionalLong.empty();
        }
        Long end = pauses.isPaused() ? ends.get(partition) : null;
        long next = owned.of(partition).delivered();
        return end == null || next == OwnedPartition.NONE
                ? client.currentLag(partition)
                : OptionalLong.of(Math.max(0, end - next));
    }
}
