package io.wadi.kafka.partitions;

import io.wadi.runtime.telemetry.Histogram;
import io.wadi.runtime.telemetry.PartitionRow;
import io.wadi.runtime.telemetry.RecordSpans;
import io.wadi.runtime.telemetry.Timeline;
import io.wadi.runtime.telemetry.Values;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Keeps the figures of one owned partition, poll by poll. For the consumer's thread. */
final class PartitionMeter {
    private final PartitionRow row;
    private final Values<FlowMetric> values;
    private final Histogram endToEnd;
    private final RecordSpans spans;
    private final ReadTimes times = new ReadTimes();
    private long waitingSince;

    PartitionMeter(PartitionRow row, Histogram endToEnd, RecordSpans spans) {
        this.row = row;
        this.values = row.of(FlowMetric.class);
        this.endToEnd = endToEnd;
        this.spans = spans;
        values.set(FlowMetric.FAILING, 0);
    }

    TopicPartition partition() {
        return row.partition();
    }

    PartitionRow row() {
        return row;
    }

    /** These were handed over. */
    void read(List<? extends ConsumerRecord<?, ?>> records) {
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
        times.read(new ReadTimes.Part(
                first.offset(), last.offset() + 1, records.size(), first.timestamp(), last.timestamp()));
    }

    /** All before this offset is done; whether that is all that was read. */
    boolean doneBefore(long offset, long now) {
        for (ReadTimes.Part done = times.done(offset); done != null; done = times.done(offset)) {
            endToEnd.record(now - done.time(), done.records());
        }
        spans.doneBefore(offset);
        return times.isEmpty();
    }

    /** What is left: in the hands of the route, and not read yet where that is known. */
    void left(long inFlight, OptionalLong unread, long now) {
        values.set(FlowMetric.IN_FLIGHT, inFlight);
        unread.ifPresent(offsets -> values.set(FlowMetric.LAG, inFlight + offsets));
        boolean isWaiting = unread.orElse(0) > 0;
        waitingSince = !isWaiting ? 0 : waitingSince == 0 ? now : waitingSince;
        values.set(FlowMetric.LAG_TIME, times.oldest() > 0 ? times.oldest() : waitingSince);
    }

    /** This offset is committed. */
    void committed(long offset) {
        values.add(FlowMetric.COMMITS, 1);
        values.set(FlowMetric.COMMITTED, offset);
    }

    /** A try has failed, and so many in a row. */
    void failed(int tries) {
        spans.failed();
        row.happened(Timeline.Happening.FAILED);
        values.add(FlowMetric.RETRIES, 1);
        values.set(FlowMetric.FAILING, tries);
    }

    /** The partition is handed back. */
    void close() {
        spans.close();
    }

    /** A try went well. */
    void recovered() {
        values.set(FlowMetric.FAILING, 0);
    }
}
