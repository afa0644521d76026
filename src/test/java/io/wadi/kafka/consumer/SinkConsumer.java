package io.wadi.kafka.consumer;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.LoneGroup;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A simulated {@link FlowConsumer} of one partition, without Kafka, for tests of sinks with crashes and fencing. */
public final class SinkConsumer {
    private final Partition kafka;
    private final Consumer<RecordBatch> route;
    private final OwnedPartition owned;
    private long position;

    /**
     * The partition as this member reads it, and the group's committed offset. A commit is rejected if the
     * group has continued without this member.
     */
    public abstract static class Partition extends LoneGroup {
        /** Returns the records of a poll, at or after this offset; none at the end. */
        public abstract List<ConsumerRecord<byte[], ByteBuffer>> fetch(long offset);

        /** Returns where the next poll reads: at this offset, or past following offsets without records. */
        public long next(long offset) {
            return offset;
        }

        /** Returns the first offset of the log; earlier records have expired. */
        public long begin() {
            return 0;
        }
    }

    /** Takes over the partition at the group's committed offset, or at its beginning. */
    public SinkConsumer(TopicPartition partition, Partition kafka, Consumer<RecordBatch> route) {
        this.kafka = kafka;
        this.route = route;
        this.owned = new OwnedPartition(partition, false);
        this.position = Math.max(0, kafka.read().offset());
    }

    /** Returns the offset of the next poll. */
    public long position() {
        return position;
    }

    /** Returns whether the partition has a sink, which may commit offsets after the last record. */
    public boolean hasSink() {
        return owned.sink() != null;
    }

    /** Completes the last poll, then polls and delivers the next records. */
    public void poll() {
        settle();
        owned.skipGap(position, false);
        if (owned.sink() != null && owned.sink().appliesBackpressure()) {
            return;
        }
        long begin = kafka.begin();
        if (position < begin) {
            expired(begin);
            return;
        }
        List<ConsumerRecord<byte[], ByteBuffer>> records = kafka.fetch(position);
        if (!records.isEmpty()) {
            ConsumerRecord<byte[], ByteBuffer> last = records.get(records.size() - 1);
            position = kafka.next(last.offset() + 1);
            long from = owned.fetched(records.get(0).offset(), last.offset(), position);
            handOver(new RecordBatch(owned.partition(), records, from, new Claiming()));
        } else {
            position = kafka.next(position);
        }
    }

    /** Lets the sink add records to the transaction of the last poll. */
    public void beforeTransaction() {
        if (owned.sink() != null && owned.failure() == null) {
            attempt(owned.sink()::beforeTransaction);
        }
    }

    private void expired(long begin) {
        if (owned.sink() != null) {
            attempt(() -> owned.sink().expired(begin));
        }
        if (owned.failure() == null) {
            owned.skipTo(begin);
            position = begin;
        }
    }

    private void settle() {
        if (owned.sink() != null && owned.failure() == null) {
            attempt(owned.sink()::tick);
        }
        long seek = owned.hasFailed() ? rewind() : owned.seekTo();
        position = seek == OwnedPartition.NONE ? position : seek;
        owned.recover(() -> false);
    }

    private long rewind() {
        long offset = owned.rewind(0);
        owned.resume(Long.MAX_VALUE);
        return offset;
    }

    private void handOver(RecordBatch batch) {
        attempt(() -> {
            route.accept(batch);
            owned.done(batch.lastOffset());
        });
    }

    private void attempt(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            owned.failed(e);
        }
    }

    /** Reports that the transaction of the last poll has failed. */
    public void failed(RuntimeException cause) {
        owned.failed(cause);
    }

    /** Releases the partition after its sink has finished. */
    public void revoke() {
        if (owned.sink() != null && owned.failure() == null) {
            attempt(owned.sink()::finish);
        }
        lose();
    }

    /** Releases the partition, which already has another owner; its sink is abandoned. */
    public void lose() {
        if (owned.sink() != null) {
            owned.sink().abandon();
        }
    }

    private final class Claiming implements RecordBatch.ConsumerOperations {
        @Override
        public PartitionSink claim(RecordBatch batch, Function<RecordBatch, ? extends PartitionSink> open) {
            if (owned.sink() == null) {
                owned.claim(open.apply(batch));
            }
            return owned.sink();
        }

        @Override
        public void isolate(RecordBatch batch) {
            // no record is redelivered
        }

        @Override
        public GroupOffset groupOffset() {
            return kafka;
        }
    }
}
