package io.wadi.kafka.partitions;

import io.wadi.runtime.telemetry.Exposition;
import io.wadi.runtime.telemetry.Histograms;
import io.wadi.runtime.telemetry.PartitionRow;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.runtime.telemetry.RecordSpans;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Keeps the figures of the partitions that one consumer owns; nothing where nobody looks at them. For the consumer's thread. */
public final class PartitionMeters {
    /** How far a consumer has come with a partition. */
    public interface Progress {
        /** Everything before this offset is done for good, as far as it is known; -1 before that. */
        long safe();

        /** How many offsets were handed over and are not done for good. */
        long inFlight();
    }

    private static final long LOOK_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PipelineMetrics figures;
    private final String route;
    private final String group;
    private final Clock clock;
    private final Histograms endToEnd;
    private final Map<TopicPartition, PartitionMeter> owned = new HashMap<>();
    /** Those of which records were read that are not done. */
    private final Set<PartitionMeter> busy = new HashSet<>();

    private long lookedNanos = System.nanoTime() - LOOK_EVERY_NANOS;

    /** Takes the figures of the process, the route that reads the partitions, and its group. */
    public PartitionMeters(PipelineMetrics figures, String route, String group) {
        this.figures = figures;
        this.route = route;
        this.group = group;
        this.clock = figures.clock();
        this.endToEnd = figures.histograms(
                "wadi_end_to_end_seconds",
                "Time from a record's timestamp, which is when ingest sent it where its sender gave none, until it was done: in a"
                        + " visible file, in the index, or routed");
    }

    /** The partition is owned from now on. */
    public void taken(TopicPartition partition) {
        if (figures.isOn()) {
            PartitionRow row = figures.open(route, group, partition);
            owned.put(
                    partition,
                    new PartitionMeter(
                            row,
                            endToEnd.of(Exposition.labels("route", route, "topic", partition.topic())),
                            new RecordSpans(figures.traces(), route)));
        }
    }

    /** It is owned no more. */
    public void released(TopicPartition partition) {
        PartitionMeter meter = owned.remove(partition);
        if (meter != null) {
            busy.remove(meter);
            meter.close();
            figures.close(meter.row());
        }
    }

    /** The row of a partition, for its sink. */
    public PartitionRow row(TopicPartition partition) {
        PartitionMeter meter = owned.get(partition);
        return meter == null ? PartitionRow.unseen(partition) : meter.row();
    }

    /** These are handed over. */
    public void read(TopicPartition partition, List<? extends ConsumerRecord<?, ?>> records) {
        PartitionMeter meter = owned.get(partition);
        if (meter != null) {
            meter.read(records);
            busy.add(meter);
        }
    }

    /**
     * Looks at how far the partitions are: what is done at each call, what is left once a second.
     *
     * @param unread how many offsets Kafka has that were not read, where that is known
     */
    public void look(
            Function<TopicPartition, ? extends Progress> progress, Function<TopicPartition, OptionalLong> unread) {
        if (owned.isEmpty()) {
            return;
        }
        long now = clock.millis();
        busy.removeIf(
                meter -> meter.doneBefore(progress.apply(meter.partition()).safe(), now));
        if (System.nanoTime() - lookedNanos >= LOOK_EVERY_NANOS) {
            lookedNanos = System.nanoTime();
            owned.forEach((partition, meter) ->
                    meter.left(progress.apply(partition).inFlight(), unread.apply(partition), now));
        }
    }

    /** This offset was committed. */
    public void committed(TopicPartition partition, long offset) {
        PartitionMeter meter = owned.get(partition);
        if (meter != null) {
            meter.committed(offset);
        }
    }

    /** A try has failed, and so many in a row. */
    public void failed(TopicPartition partition, int tries) {
        PartitionMeter meter = owned.get(partition);
        if (meter != null) {
            meter.failed(tries);
        }
    }

    /** A try went well. */
    public void recovered(TopicPartition partition) {
        PartitionMeter meter = owned.get(partition);
        if (meter != null) {
            meter.recovered();
        }
    }
}
