package io.wadi.kafka;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** What a {@link FlowConsumer} does with one partition, without Kafka: for tests of what a sink makes of crashes and fencing. */
public final class SinkConsumer {
    private final Partition kafka;
    private final Consumer<Run> route;
    private final PartitionProgress progress;
    private long position;

    /** The partition at Kafka, as this member sees it. */
    public interface Partition {
        /** A poll's records from this offset on, each at it or after it; none at the end. */
        List<ConsumerRecord<byte[], byte[]>> fetch(long offset);

        /** The group's committed offset; -1 where there is none. */
        long committed();

        /** Commits; false where the group has gone on without this member. */
        boolean commit(long offset);
    }

    /** Takes the partition over at the group's committed offset, or at its beginning. */
    public SinkConsumer(TopicPartition partition, Partition kafka, Consumer<Run> route) {
        this.kafka = kafka;
        this.route = route;
        this.progress = new PartitionProgress(partition);
        this.position = Math.max(0, kafka.committed());
    }

    /** Where the next poll reads. */
    public long position() {
        return position;
    }

    /** Brings what the last poll handed over to its end, then hands over what comes next. */
    public void poll() {
        settle();
        List<ConsumerRecord<byte[], byte[]>> records = kafka.fetch(position);
        if (!records.isEmpty()) {
            ConsumerRecord<byte[], byte[]> last = records.get(records.size() - 1);
            position = last.offset() + 1;
            progress.fetched(records.get(0).offset(), last.offset(), position);
            handOver(new Run(progress.partition(), records, new Claiming()));
        }
    }

    private void settle() {
        if (progress.sink() != null && progress.failure() == null) {
            attempt(progress.sink()::tick);
        }
        long seek = progress.failure() != null ? progress.rewind(0) : progress.seekTo();
        position = seek == PartitionProgress.NONE ? position : seek;
        commit();
    }

    private void handOver(Run run) {
        attempt(() -> {
            route.accept(run);
            progress.done(run.lastOffset());
        });
    }

    private void attempt(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            progress.failed(e);
        }
    }

    private void commit() {
        long offset = progress.toCommit();
        if (offset != PartitionProgress.NONE && kafka.commit(offset)) {
            progress.committed(offset);
        }
    }

    /** Hands the partition back in order. */
    public void revoke() {
        if (progress.sink() != null && progress.failure() == null) {
            attempt(progress.sink()::finish);
        }
        if (progress.failure() == null) {
            commit();
        }
        lose();
    }

    /** The partition is another's already. */
    public void lose() {
        if (progress.sink() != null) {
            progress.sink().abandon();
        }
    }

    private final class Claiming implements Run.Claims {
        @Override
        public PartitionSink claim(Run run, Function<Run, ? extends PartitionSink> open) {
            if (progress.sink() == null) {
                progress.claim(open.apply(run));
            }
            return progress.sink();
        }

        @Override
        public long committedOffset(TopicPartition partition) {
            return kafka.committed();
        }
    }
}
