package io.wadi.extension.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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
    private final Map<TopicPartition, Long> offsets = new HashMap<>();
    private Map<TopicPartition, Long> readTo = Map.of();

    ReplicationOffsets(ReplicationFlow flow) {
        this.flow = flow;
    }

    /** Returns the first offset not yet copied by partition of the source, for those that have been copied at all. */
    Map<TopicPartition, Long> read(ClusterClients target) throws InterruptedException {
        if (!target.topics().contains(flow.offsets())) {
            offsets.clear();
            readTo = Map.of();
            return offsets;
        }
        if (readTo.isEmpty()) {
            readTo = target.partitions(Set.of(flow.offsets())).stream()
                    .collect(Collectors.toMap(each -> each, each -> 0L));
        }
        readTo = target.read(readTo, this::add);
        return offsets;
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
                offsets.remove(partition);
            } else {
                offsets.put(
                        partition, JSON.readTree(entry.value()).get("offset").asLong() + 1);
            }
        } catch (IOException | NullPointerException e) {
            throw new KafkaException(
                    "%s: record %s-%d@%d is not a source offset of MirrorMaker"
                            .formatted(flow.to(), entry.topic(), entry.partition(), entry.offset()),
                    e);
        }
    }
}
