package io.wadi.extension.mirror;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.Type;

/**
 * The offsets of a source whose counterparts at the target MirrorMaker has written down: its topic
 * {@code mm2-offset-syncs.B.internal}, as KIP-382 has it, as far as compaction has left it.
 */
final class OffsetSyncs {
    private static final Schema KEY = new Schema(new Field("topic", Type.STRING), new Field("partition", Type.INT32));
    private static final Schema VALUE =
            new Schema(new Field("upstreamOffset", Type.INT64), new Field("offset", Type.INT64));

    private final ReplicationFlow flow;
    private final Map<TopicPartition, NavigableMap<Long, Long>> upstream = new HashMap<>();

    OffsetSyncs(ReplicationFlow flow) {
        this.flow = flow;
    }

    /** Reads all; none where they are not kept at the source. */
    void read(ClusterClients source) throws InterruptedException {
        String topic = flow.policy().offsetSyncsTopic(flow.to());
        if (!source.topics().contains(topic)) {
            return;
        }
        Map<TopicPartition, Long> from =
                source.partitions(Set.of(topic)).stream().collect(Collectors.toMap(each -> each, each -> 0L));
        source.read(from, each -> {
            Struct key = KEY.read(ByteBuffer.wrap(each.key()));
            TopicPartition copy =
                    new TopicPartition(flow.nameAtTarget(key.getString("topic")), key.getInt("partition"));
            Struct value = VALUE.read(ByteBuffer.wrap(each.value()));
            upstream.computeIfAbsent(copy, any -> new TreeMap<>())
                    .put(value.getLong("offset"), value.getLong("upstreamOffset"));
        });
    }

    /** The offset of the source that stands for the last pair at or before an offset of the target. */
    OptionalLong lastBefore(TopicPartition copy, long offset) {
        Map.Entry<Long, Long> found =
                upstream.getOrDefault(copy, new TreeMap<>()).floorEntry(offset);
        return found == null ? OptionalLong.empty() : OptionalLong.of(found.getValue());
    }
}
