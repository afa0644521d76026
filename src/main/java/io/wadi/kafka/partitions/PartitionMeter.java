package io.wadi.kafka.partitions;

import io.wadi.runtime.telemetry.Histogram;
import io.wadi.runtime.telemetry.MetricValues;
import io.wadi.runtime.telemetry.PartitionMetrics;
import io.wadi.runtime.telemetry.RecordSpans;
import io.wadi.runtime.telemetry.Timeline;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** The metrics of one owned partition. Used on the consumer's thread only. */
final class PartitionMeter {
    private final PartitionMetrics row;
    private final MetricValues<FlowMetric> values;
    private final Histogram endToEnd;
    private final RecordSpans spans;
    private final ReadTimes times = new ReadTimes();
    private long waitingSince;

    PartitionMeter(PartitionMetrics row, Histogram endToEnd, RecordSpans spans) {
        this.row = row;
        this.values = row.of(FlowMetric.class);
        this.endToEnd = endToEnd;
        this.spans = spans;
        values.set(FlowMetric.FAILING, 0);
    }

    TopicPartition partition() {
        return row.partition();
    }

    PartitionMetrics row() {
        return row;
    }

    Histogram endToEnd() {
        return endToEnd;
    }

    void delivered(List<? extends ConsumerRecord<?, ?>> records) {
        spans.read(records);
        long bytes = 0;
        for (ConsumerRecord<?, ?> each : records) {
            bytes += Math.max(0, each.serializedKeySize()) + Math.max(0, each.serializedValueSize());
        }
        values.add(FlowMetric.RECORDS, records.size());
        values.add(FlowMetric.BYTES, bytes);
        values.add(FlowMetric.BATCHES, 1);
        ConsumerRecord<?, ?> first = records.get(0);
        ConsumerRecord<?, ?> last = records.get(records.size() - 1);
        times.read(new ReadTimes.Range(
                first.offset(), last.offset() + 1, records.size(), time(first, last), time(last, first)));
    }

    /** Returns a record's timestamp, or that of another one if it has none (-1). */
    private static long time(ConsumerRecord<?, ?> each, ConsumerRecord<?, ?> other) {
        return each.timestamp() < 0 ? other.timestamp() : each.timestamp();
    }

    /** Records that all records before this offset are completed. Returns whether all delivered records are. */
    boolean doneBefore(long offset, long now) {
        for (ReadTimes.Range done = times.done(offset); done != null; done = times.done(offset)) {
            if (done.time() >= 0) {
                endToEnd.record(now - done.time(), done.records());
            }
        }
        spans.doneBefore(offset);
        return times.isEmpty();
    }

    /** Sets the lag: the offsets in flight and, if known, the unread ones. */
    void setLag(long inFlight, OptionalLong unread, long now) {
        values.set(FlowMetric.IN_FLIGHT, inFlight);
        unread.ifPresent(offsets -> values.set(FlowMetric.LAG, inFlight + offsets));
        boolean isWaiting = unread.orElse(0) > 0;
        waitingSince = !isWaiting ? 0 : waitingSince == 0 ? now : waitingSince;
        values.set(FlowMetric.LAG_TIME, times.oldest() > 0 ? times.oldest() : waitingSince);
    }

    void committed(long offset) {
        values.add(FlowMetric.COMMITS, 1);
        values.set(FlowMetric.COMMITTED, offset);
    }

    void failed(int attempts) {
        spans.failed();
        row.addEvent(Timeline.Event.FAILED);
        values.add(FlowMetric.RETRIES, 1);
        values.set(FlowMetric.FAILING, attempts);
    }

    void close() {
        spans.close();
    }

    void recovered() {
        values.set(FlowMetric.FAILING, 0);
    }
}
