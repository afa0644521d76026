package io.wadi.kafka.consumer;

import io.wadi.kafka.Causes;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.producer.Transaction;
import io.wadi.runtime.telemetry.PartitionRow;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets sinks claim partitions and commit the group's offset by themselves, and has them finish what they have open. A sink
 * that fails fails its partition. Used on the consumer's thread only.
 */
final class SinkCommitter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SinkCommitter.class);

    private final PartitionClient client;
    private final InFlightBatch inFlight;
    private final PartitionMeters meters;
    private final Transaction transaction;
    private final Terms terms;

    /**
     * What sinks have to know of their consumer.
     *
     * @param isExclusive whether Kafka refuses the commits of those who have lost a partition
     * @param mayClaim whether sinks may claim partitions: not where the consumer commits in transactions of its own
     */
    record Terms(boolean isExclusive, boolean mayClaim) {}

    /** Takes the consumer, and the transaction for what sinks send together with an offset. */
    SinkCommitter(
            PartitionClient client,
            InFlightBatch inFlight,
            PartitionMeters meters,
            Transaction transaction,
            Terms terms) {
        this.client = client;
        this.inFlight = inFlight;
        this.meters = meters;
        this.transaction = transaction;
        this.terms = terms;
    }

    /** Returns what a run of this partition may ask of its consumer. */
    RecordBatch.Claims claims(OwnedPartition partition) {
        return new Claims(partition);
    }

    private final class Claims implements RecordBatch.Claims, GroupOffset {
        private final OwnedPartition partition;

        Claims(OwnedPartition partition) {
            this.partition = partition;
        }

        @Override
        public PartitionSink claim(RecordBatch run, Function<RecordBatch, ? extends PartitionSink> open) {
            if (!terms.mayClaim()) {
                throw new IllegalStateException(
                        "wadi.transactional: what takes runs here commits by itself; leave it out");
            }
            if (partition.sink() == null) {
                partition.claim(open.apply(run));
            }
            return partition.sink();
        }

        @Override
        public void isolate(RecordBatch run) {
            inFlight.during(run, () -> partition.isolate(run.firstOffset(), run.lastOffset() + 1));
        }

        @Override
        public PartitionRow row(TopicPartition which) {
            return meters.row(which);
        }

        @Override
        public GroupOffset groupOffset() {
            return this;
        }

        @Override
        public Committed read() {
            OffsetAndMetadata found = client.committed(Set.of(partition.partition()), PartitionClient.ANSWER_WITHIN)
                    .get(partition.partition());
            return found == null ? Committed.NONE : new Committed(found.offset(), found.metadata());
        }

        @Override
        public boolean isExclusive() {
            return terms.isExclusive();
        }

        @Override
        public boolean commit(Committed committed) {
            boolean isCommitted = client.reallyCommit(offsets(committed));
            if (isCommitted) {
                meters.committed(partition.partition(), committed.offset());
            }
            return isCommitted;
        }

        @Override
        public void commit(Committed committed, List<ProducerRecord<Object, Object>> sent) {
            transaction.commit(sent, offsets(committed), client.groupMetadata());
            meters.committed(partition.partition(), committed.offset());
        }

        private Map<TopicPartition, OffsetAndMetadata> offsets(Committed committed) {
            return Map.of(partition.partition(), new OffsetAndMetadata(committed.offset(), committed.note()));
        }
    }

    /** Calls a partition's sink, where it has one, as on every poll. */
    static void tick(OwnedPartition partition) {
        if (partition.sink() != null && !partition.hasFailed()) {
            try {
                partition.sink().tick();
            } catch (RuntimeException e) {
                partition.failed(e);
            }
        }
    }

    /** Has the sinks of these finish what they have open and commit it. All begin before the first is awaited. */
    static void finish(Collection<OwnedPartition> partitions) {
        partitions.forEach(partition -> finish(partition, PartitionSink::finishSoon));
        partitions.forEach(partition -> finish(partition, PartitionSink::finish));
    }

    private static void finish(OwnedPartition partition, Consumer<PartitionSink> step) {
        if (partition.hasFailed() || partition.sink() == null) {
            return;
        }
        try {
            step.accept(partition.sink());
        } catch (RuntimeException e) {
            partition.failed(e);
            LOG.warn("{} is left unfinished, and is done again: {}", partition.partition(), Causes.inShort(e));
        }
    }

    @Override
    public void close() {
        transaction.close();
    }
}
