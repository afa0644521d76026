package io.wadi.extension.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import io.wadi.kafka.AdminRequests;
import io.wadi.kafka.ConsumedRecord;
import io.wadi.kafka.PartitionOrder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * MirrorMaker's source offsets of a flow, which Kafka Connect keeps in the target's topic
 * {@code mm2-offsets.A.internal} by default, read incrementally. An invalid record affects only the partition of its
 * key.
 */
final class ReplicationOffsets {
    /** Maximum number of reported records without a source partition as their key. */
    private static final int MAX_FOREIGN = 10;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ReplicationFlow flow;
    private final Map<TopicPartition, Copied> copied = new HashMap<>();
    /** The partitions of the source with an invalid offset, and the name of its record. */
    private final Map<TopicPartition, String> invalid = new TreeMap<>(PartitionOrder.BY_NAME);
    /** The names of records without a source partition as their key, by key. */
    private final Map<ByteBuffer, String> foreign = new LinkedHashMap<>();

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
            clear();
        } else if (readTo.isEmpty()) {
            target.partitions(Set.of(flow.offsets())).forEach(each -> readTo.put(each, 0L));
        }
        ends = target.tryOffsets(readTo.keySet(), OffsetSpec.latest());
        if (ends.known().entrySet().stream().anyMatch(each -> each.getValue() < readTo.get(each.getKey()))) {
            // The topic was recreated.
            Set<TopicPartition> partitions = Set.copyOf(readTo.keySet());
            clear();
            partitions.forEach(each -> readTo.put(each, 0L));
        }
        Map<TopicPartition, Long> from = new HashMap<>(readTo);
        from.keySet().retainAll(ends.known().keySet());
        readTo.putAll(target.read(from, this::add));
    }

    private void clear() {
        copied.clear();
        invalid.clear();
        foreign.clear();
        readTo.clear();
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
        if (invalid.containsKey(partition)) {
            return false;
        }
        return last == null ? ends.failures().isEmpty() : !ends.failures().containsKey(last.stored());
    }

    /**
     * Returns the problems of invalid records.
     *
     * @param existing the partitions of the source
     */
    List<String> problems(ClusterClients target, Set<TopicPartition> existing) {
        List<String> problems = new ArrayList<>();
        invalid.forEach((partition, name) -> {
            if (existing.contains(partition)) {
                problems.add("the lag of %s is unknown: record %s in %s is not a source offset of MirrorMaker"
                        .formatted(partition, name, target.where()));
            }
        });
        foreign.values()
                .forEach(name -> problems.add(
                        "record %s in %s is not a source offset of MirrorMaker; it is ignored, and a tombstone removes it"
                                .formatted(name, target.where())));
        return problems;
    }

    /**
     * Adds an offset from a record with a key such as {@code
     * ["MirrorSourceConnector",{"cluster":"A","partition":0,"topic":"weather"}]} and a value such as {@code
     * {"offset":41}}.
     */
    private void add(ConsumerRecord<byte[], byte[]> entry) {
        String name = ConsumedRecord.at(entry);
        TopicPartition partition;
        try {
            JsonNode key = JSON.readTree(entry.key());
            boolean isOfFlow = key.path(0).asText().equals("MirrorSourceConnector")
                    && key.path(1).path("cluster").asText().equals(flow.from());
            if (!isOfFlow) {
                return;
            }
            partition = new TopicPartition(
                    Objects.requireNonNull(key.get(1).get("topic").textValue()),
                    Math.toIntExact(integer(key.get(1).get("partition"))));
        } catch (IOException | RuntimeException e) {
            addForeign(entry, name);
            return;
        }
        try {
            JsonNode value = entry.value() == null ? NullNode.instance : JSON.readTree(entry.value());
            copied.remove(partition);
            if (!value.isNull()) {
                long offset = integer(value.get("offset"));
                copied.put(partition, new Copied(offset + 1, new TopicPartition(entry.topic(), entry.partition())));
            }
            invalid.remove(partition);
        } catch (IOException | RuntimeException e) {
            invalid.put(partition, name);
        }
    }

    private void addForeign(ConsumerRecord<byte[], byte[]> entry, String name) {
        ByteBuffer key = ByteBuffer.wrap(entry.key() == null ? new byte[0] : entry.key());
        if (entry.value() == null) {
            foreign.remove(key);
        } else if (foreign.size() < MAX_FOREIGN) {
            foreign.put(key, name);
        }
    }

    private static long integer(JsonNode node) {
        if (!node.canConvertToLong() || !node.isIntegralNumber()) {
            throw new IllegalArgumentException("not an integer");
        }
        return node.longValue();
    }
}
