package io.wadi.kafka.partitions;

import io.wadi.runtime.telemetry.Exposition;
import io.wadi.runtime.telemetry.Histograms;
import io.wadi.runtime.telemetry.PartitionMetrics;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.runtime.telemetry.RecordSpans;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The metrics of the partitions that one consumer owns, if metrics are enabled. Used on the consumer's thread only. */
public final class PartitionMeters {
    /** The progress of a consumer in a partition. */
    public interface Progress {
        /** Returns the offset before which all records are completed for good; -1 if unknown. */
        long safe();

        /** Returns the number of delivered offsets that are not completed for good. */
        long inFlight();
    }

    private static final long LAG_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PipelineMetrics metrics;
    private final String route;
    private final String group;
    private final Clock clock;
    private final Histograms endToEnd;
    private final Map<TopicPartition, PartitionMeter> owned = new HashMap<>();
    /** The partitions with uncompleted records. */
    private final Set<PartitionMeter> busy = new HashSet<>();

    private long updatedNanos = System.nanoTime() - LAG_INTERVAL_NANOS;

    public PartitionMeters(PipelineMetrics metrics, String route, String group) {
        this.metrics = metrics;
        this.route = route;
        this.group = group;
        this.clock = metrics.clock();
        this.endToEnd = metrics.histograms(
                "wadi_end_to_end_seconds",
                "Time from a record's timestamp, set by ingest if the client gave none, until it was completed: in a"
                        + " visible file, in the index, or routed");
    }

    public void assigned(TopicPartition partition) {
        if (metrics.isOn()) {
            PartitionMetrics row = metrics.open(route, group, partition);
            owned.put(
                    partition,
                    new PartitionMeter(
                            row,
                            endToEnd.of(Exposition.labels("route", route, "topic", partition.topic())),
                            new RecordSpans(metrics.traces(), route)));
        }
    }

    public void released(TopicPartition partition) {
        PartitionMeter meter = owned.remove(partition);
        if (meter != null) {
            busy.remove(meter);
            meter.close();
            endToEnd.release(meter.endToEnd());
            metrics.close(meter.row());
        }
    }

    /** Returns the metrics of a partition, for its sink. */
    public PartitionMetrics row(TopicPartition partition) {
        PartitionMeter meter = owned.get(partition);
        return meter == null ? PartitionMetrics.unregistered(partition) : meter.row();
    }

    public void delivered(TopicPartition partition, List<? extends ConsumerRecord<?, ?>> records) {
        ifOwned(partition, meter -> {
            meter.delivered(records);
            busy.add(meter);
        });
    }

    /**
     * Updates the metrics of completed records on each call, and those of the lag once a second.
     *
     * @param unread the number of unread offsets of a partition, if known
     */
    public void update(
            Function<TopicPartition, ? extends Progress> progress, Function<TopicPartition, OptionalLong> unread) {
        if (owned.isEmpty()) {
            return;
        }
        long now = clock.millis();
        busy.removeIf(
                meter -> meter.doneBefore(progress.apply(meter.partition()).safe(), now));
        if (System.nanoTime() - updatedNanos >= LAG_INTERVAL_NANOS) {
            updatedNanos = System.nanoTime();
            owned.forEach((partition, meter) ->
                    meter.setLag(progress.apply(partition).inFlight(), unread.apply(partition), now));
        }
    }

    public void committed(TopicPartition partition, long offset) {
        ifOwned(partition, meter -> meter.committed(offset));
    }

    /**
     * Counts a failed attempt.
     *
     * @param attempts the number of consecutive failed attempts
     */
    public void failed(TopicPartition partition, int attempts) {
        ifOwned(partition, meter -> meter.failed(attempts));
    }

    public void recovered(TopicPartition partition) {
        ifOwned(partition, PartitionMeter::recovered);
    }

    private void ifOwned(TopicPartition partition, Consumer<PartitionMeter> action) {
        Optional.ofNullable(owned.get(partition)).ifPresent(action);
    }
}
