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
 * How far MirrorMaker has read the source of a flow: what Kafka Connect keeps in {@code mm2-offsets.A.internal} of the target,
 * of each partition the offset of the last record that is copied. Read on from where the last look ended.
 */
final class ReplicationOffsets {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ReplicationFlow flow;
    private final Map<TopicPartition, Long> positions = new HashMap<>();
    private Map<TopicPartition, Long> readTo = Map.of();

    ReplicationOffsets(ReplicationFlow flow) {
        this.flow = flow;
    }

    /** By partition of the source, the first offset that is not copied; none of a partition of which nothing is copied. */
    Map<TopicPartition, Long> read(ClusterClients target) throws InterruptedException {
        if (!target.topics().contains(flow.positions())) {
            positions.clear();
            readTo = Map.of();
            return positions;
        }
        if (readTo.isEmpty()) {
            readTo = target.partitions(Set.of(flow.positions())).stream()
                    .collect(Collectors.toMap(each -> each, each -> 0L));
        }
        readTo = target.read(readTo, this::take);
        return positions;
    }

    /** {@code ["MirrorSourceConnector",{"cluster":"A","partition":0,"topic":"weather"}]} and {@code {"offset":41}}. */
    private void take(ConsumerRecord<byte[], byte[]> entry) {
        try {
            JsonNode key = JSON.readTree(entry.key());
            if (!key.path(0).asText().equals("MirrorSourceConnector")) {
                return;
            }
            TopicPartition partition = new TopicPartition(
                    key.get(1).get("topic").asText(),
                    key.get(1).get("partition").asInt());
            if (entry.value() == null || JSON.readTree(entry.value()).isNull()) {
                positions.remove(partition);
            } else {
                positions.put(
                        partition, JSON.readTree(entry.value()).get("offset").asLong() + 1);
            }
        } catch (IOException | NullPointerException e) {
            throw new KafkaException(
                    "%s: %s@%d is no position of MirrorMaker's"
                            .formatted(target(), new TopicPartition(entry.topic(), entry.partition()), entry.offset()),
                    e);
        }
    }

    private String target() {
        return flow.to();
    }
}
