package io.wadi.kafka.consumer;

import io.wadi.kafka.Causes;
import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.JointParts;
import io.wadi.kafka.PartitionSink;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RejectedSendException;
import io.wadi.kafka.TransactionPart;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.producer.Transactions;
import io.wadi.runtime.telemetry.PartitionMetrics;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumer's operations for sinks: sinks claim partitions and commit the group's offset, and the consumer finishes
 * them. A failure of a sink fails its partition. Used on the consumer's thread only.
 */
final class SinkCommitter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SinkCommitter.class);

    private final PartitionClient client;
    private final InFlightBatch inFlight;
    private final PartitionMeters meters;
    private final Transactions transactions;
    private final Options options;
    /** The parts of the transactions of the last poll, by topic. */
    private final Map<String, Map<OwnedPartition, TransactionPart>> joined = new LinkedHashMap<>();

    /**
     * The properties of the consumer that affect sinks.
     *
     * @param isExclusive see {@link GroupOffset#isExclusive}
     * @param refusedWithSinks the endpoint's option that prevents sinks from claiming partitions; empty if there is
     *     none
     */
    record Options(boolean isExclusive, Optional<String> refusedWithSinks) {}

    /**
     * Creates an instance without sinks.
     *
     * @param transactions the transactions for records that sinks send together with an offset
     */
    SinkCommitter(
            PartitionClient client,
            InFlightBatch inFlight,
            PartitionMeters meters,
            Transactions transactions,
            Options options) {
        this.client = client;
        this.inFlight = inFlight;
        this.meters = meters;
        this.transactions = transactions;
        this.options = options;
    }

    RecordBatch.ConsumerOperations operations(OwnedPartition partition) {
        return new Operations(partition);
    }

    private final class Operations implements RecordBatch.ConsumerOperations, GroupOffset {
        private final OwnedPartition partition;

        Operations(OwnedPartition partition) {
            this.partition = partition;
        }

        @Override
        public PartitionSink claim(RecordBatch batch, Function<RecordBatch, ? extends PartitionSink> open) {
            options.refusedWithSinks().ifPresent(option -> {
                throw new IllegalStateException(
                        option + " is not supported: the sink of this route commits its own offsets; remove it");
            });
            if (partition.sink() == null) {
                partition.claim(open.apply(batch));
            }
            return partition.sink();
        }

        @Override
        public void isolate(RecordBatch batch) {
            inFlight.ifDelivering(batch, () -> partition.isolate(batch.firstOffset(), batch.lastOffset() + 1));
        }

        @Override
        public PartitionMetrics row(TopicPartition which) {
            return meters.row(which);
        }

        @Override
        public GroupOffset groupOffset() {
            return this;
        }

        @Override
        public Committed read() {
            OffsetAndMetadata found = client.committed(Set.of(partition.partition()), PartitionClient.RESPONSE_TIMEOUT)
                    .get(partition.partition());
            return found == null ? Committed.NONE : new Committed(found.offset(), found.metadata());
        }

        @Override
        public Map<TopicPartition, Committed> readOthers() {
            TopicPartition own = partition.partition();
            Set<TopicPartition> others = client.partitionsFor(own.topic(), PartitionClient.RESPONSE_TIMEOUT).stream()
                    .map(each -> new TopicPartition(each.topic(), each.partition()))
                    .filter(each -> !each.equals(own))
                    .collect(Collectors.toSet());
            Map<TopicPartition, Committed> committed = new HashMap<>();
            client.committed(others, PartitionClient.RESPONSE_TIMEOUT).forEach((other, found) -> {
                if (found != null) {
                    committed.put(other, new Committed(found.offset(), found.metadata()));
                }
            });
            return committed;
        }

        @Override
        public boolean isExclusive() {
            return options.isExclusive();
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
            transactions.commit(sent, locations -> List.of(), offsets(committed), client.groupMetadata());
            meters.committed(partition.partition(), committed.offset());
        }

        private Map<TopicPartition, OffsetAndMetadata> offsets(Committed committed) {
            return Map.of(partition.partition(), metadata(committed));
        }

        @Override
        public void join(TransactionPart part) {
            joined.computeIfAbsent(partition.partition().topic(), topic -> new LinkedHashMap<>())
                    .put(partition, part);
        }
    }

    private static OffsetAndMetadata metadata(GroupOffset.Committed committed) {
        return new OffsetAndMetadata(committed.offset(), committed.note());
    }

    /**
     * Commits the parts that sinks have joined to the transactions of the last poll, one transaction for each topic. A
     * failure therefore fails the partitions of one topic only. Returns whether a transaction was committed.
     */
    boolean commitJoined() {
        List<Map<OwnedPartition, TransactionPart>> all = List.copyOf(joined.values());
        joined.clear();
        boolean isCommitted = false;
        for (Map<OwnedPartition, TransactionPart> parts : all) {
            try {
                commit(parts);
            } catch (RuntimeException e) {
                parts.keySet().forEach(partition -> partition.failed(e));
                continue;
            }
            parts.forEach((partition, part) -> {
                part.committed();
                meters.committed(partition.partition(), part.offset().offset());
            });
            isCommitted = true;
        }
        return isCommitted;
    }

    private void commit(Map<OwnedPartition, TransactionPart> parts) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        parts.forEach((partition, part) -> offsets.put(partition.partition(), metadata(part.offset())));
        JointParts attempt = new JointParts(parts.values());
        while (true) {
            try {
                transactions.commit(attempt.records(), attempt::next, offsets, client.groupMetadata());
                return;
            } catch (RejectedSendException e) {
                attempt.rejected(e.causes());
            }
        }
    }

    /** Removes the parts that the sinks of lost partitions have joined in the last poll. */
    void dropJoined(Collection<TopicPartition> lost) {
        joined.values().forEach(parts -> parts.keySet().removeIf(each -> lost.contains(each.partition())));
        joined.values().removeIf(Map::isEmpty);
    }

    /** Calls {@link PartitionSink#beforeTransaction} of a partition's sink, if it has one. */
    static void beforeTransaction(OwnedPartition partition) {
        call(partition, PartitionSink::beforeTransaction);
    }

    /** Calls {@link PartitionSink#tick} of a partition's sink, if it has one. */
    static void tick(OwnedPartition partition) {
        call(partition, PartitionSink::tick);
    }

    private static void call(OwnedPartition partition, Consumer<PartitionSink> step) {
        if (partition.sink() != null && !partition.hasFailed()) {
            try {
                step.accept(partition.sink());
            } catch (RuntimeException e) {
                partition.failed(e);
            }
        }
    }

    /** Finishes the sinks of these partitions; all begin before the first is awaited. */
    static void finish(Collection<OwnedPartition> partitions) {
        partitions.forEach(partition -> finish(partition, PartitionSink::beginFinish));
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
            LOG.warn(
                    "Partition {}: failed to finish its sink; its records are delivered again: {}",
                    partition.partition(),
                    Causes.inShort(e));
        }
    }

    @Override
    public void close() {
        transactions.close();
    }
}
