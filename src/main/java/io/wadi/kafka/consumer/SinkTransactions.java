package io.wadi.kafka.consumer;

import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.JointParts;
import io.wadi.kafka.RejectedSendException;
import io.wadi.kafka.TransactionPart;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.kafka.producer.Transactions;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The transactions of sinks: of one sink, or of all that join the transaction of a poll, one for each topic, so that a
 * failure concerns one topic only. Used on the consumer's thread only.
 */
final class SinkTransactions implements AutoCloseable {
    private final PartitionClient client;
    private final PartitionMeters meters;
    private final Transactions transactions;
    /** The parts of each topic. */
    private final Map<String, Map<OwnedPartition, TransactionPart>> joined = new LinkedHashMap<>();

    SinkTransactions(PartitionClient client, PartitionMeters meters, Transactions transactions) {
        this.client = client;
        this.meters = meters;
        this.transactions = transactions;
    }

    /** Commits an offset and records now. */
    void commit(OwnedPartition partition, Committed committed, List<ProducerRecord<Object, Object>> sent) {
        transactions.next().commit(
                sent, locations -> List.of(), Map.of(partition.partition(), metadata(committed)), client.groupMetadata());
        meters.committed(partition.partition(), committed.offset());
    }

    private static OffsetAndMetadata metadata(Committed committed) {
        return new OffsetAndMetadata(committed.offset(), committed.note());
    }

    /** Adds a part to the transaction of this poll. */
    void join(OwnedPartition partition, TransactionPart part) {
        joined.computeIfAbsent(partition.partition().topic(), topic -> new LinkedHashMap<>())
                .put(partition, part);
    }

    /** Commits the transactions of the last poll. After a failure the partitions of the transaction have failed. */
    void commitJoined() {
        List<Map<OwnedPartition, TransactionPart>> all = List.copyOf(joined.values());
        joined.clear();
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
        }
    }

    private void commit(Map<OwnedPartition, TransactionPart> parts) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        parts.forEach((partition, part) -> offsets.put(partition.partition(), metadata(part.offset())));
        JointParts attempt = new JointParts(parts.values());
        while (true) {
            try {
                transactions.next().commit(attempt.records(), attempt::next, offsets, client.groupMetadata());
                return;
            } catch (RejectedSendException e) {
                attempt.rejected(e.index(), e.getCause());
            }
        }
    }

    /** Removes the parts of the last poll: the partitions are lost. */
    void dropJoined() {
        joined.clear();
    }

    @Override
    public void close() {
        transactions.close();
    }
}
