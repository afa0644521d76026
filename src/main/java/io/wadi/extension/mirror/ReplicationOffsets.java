package io.wadi.extension.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.AdminRequests;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * MirrorMaker's source offsets of a flow, which Kafka Connect keeps in the target's topic
 * {@code mm2-offsets.A.internal}, read incrementally.
 */
final class ReplicationOffsets {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ReplicationFlow flow;
    private final Map<TopicPartition, Copied> copied = new HashMap<>();
    private final Map<TopicPartition, Long> readTo = new HashMap<>();
    private AdminRequests.Offsets ends = new AdminRequests.Offsets(Map.of(), Map.of());

    /**
     * The first offset not yet copied.
     *
     * @param stored the partition of the topic of offsets that has it
     */
    private record Copied(long offset, TopicPartition stored) {}

    ReplicationOffsets(ReplicationFlow flow) {
        this.flow = flow;
    }

    /** Reads the offsets of the partitions of the topic that have a leader. */
    void read(ClusterClients target) throws InterruptedException {
        if (!target.topics().contains(flow.offsets())) {
            copied.clear();
            readTo.clear();
        } else if (readTo.isEmpty()) {
            target.partitions(Set.of(flow.offsets())).forEach(each -> readTo.put(each, 0L));
        }
        ends = target.tryOffsets(readTo.keySet(), OffsetSpec.latest());
        Map<TopicPartition, Long> from = new HashMap<>(readTo);
        from.keySet().retainAll(ends.known().keySet());
        readTo.putAll(target.read(from, this::add));
    }

    /** Returns the ends of the last {@link #read}, with the reasons for partitions that were not read. */
    AdminRequests.Offsets ends() {
        return ends;
    }

    /** Returns the first offset not yet copied of a partition of the source; 0 if none has been copied. */
    long position(TopicPartition partition) {
        Copied last = copied.get(partition);
        return last == null ? 0 : last.offset();
    }

    /** Returns whether the position is that of the last {@link #read}. */
    boolean isKnown(TopicPartition partition) {
        Copied last = copied.get(partition);
        return last == null ? ends.failures().isEmpty() : !ends.failures().containsKey(last.stored());
    }

    /**
     * Adds an offset from a record with a key such as {@code
     * ["MirrorSourceConnector",{"cluster":"A","partition":0,"topic":"weather"}]} and a value such as {@code
     * {"offset":41}}.
     */
    private void add(ConsumerRecord<byte[], byte[]> entry) {
        try {
            JsonNode key = JSON.readTree(entry.key());
            if (!key.path(0).asText().equals("MirrorSourceConnector")) {
                return;
            }
            TopicPartition partition = new TopicPartition(
                    key.get(1).get("topic").asText(),
                    key.get(1).get("partition").asInt());
            if (entry.value() == null || JSON.readTree(entry.value()).isNull()) {
                copied.remove(partition);
            } else {
                long offset = JSON.readTree(entry.value()).get("offset").asLong();
                copied.put(partition, new Copied(offset + 1, new TopicPartition(entry.topic(), entry.partition())));
            }
        } catch (IOException | IllegalArgumentException | NullPointerException e) {
            // The cause is suppressed, since messages show the innermost cause, which does not name the record.
            KafkaException invalid = new KafkaException("record %s-%d@%d is not a source offset of MirrorMaker"
                    .formatted(entry.topic(), entry.partition(), entry.offset()));
            invalid.addSuppressed(e);
            throw invalid;
        }
    }
}
