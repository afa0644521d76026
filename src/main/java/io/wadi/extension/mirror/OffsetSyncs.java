package io.wadi.extension.mirror;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.types.Field;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.common.protocol.types.Type;

/**
 * MirrorMaker's offset syncs of a flow, pairs of source and target offsets, from the topic
 * {@code mm2-offset-syncs.B.internal} (KIP-382) as far as compaction has kept them.
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

    /** Reads all offset syncs; none if the source has no such topic. */
    void read(ClusterClients source) throws InterruptedException {
        source.read(flow.policy().offsetSyncsTopic(flow.to()), each -> {
            Struct key = KEY.read(ByteBuffer.wrap(each.key()));
            TopicPartition copy =
                    new TopicPartition(flow.nameAtTarget(key.getString("topic")), key.getInt("partition"));
            Struct value = VALUE.read(ByteBuffer.wrap(each.value()));
            upstream.computeIfAbsent(copy, any -> new TreeMap<>())
                    .put(value.getLong("offset"), value.getLong("upstreamOffset"));
        });
    }

    /** Returns the source offset of the last sync at or before a target offset. */
    OptionalLong lastBefore(TopicPartition copy, long offset) {
        Map.Entry<Long, Long> found =
                upstream.getOrDefault(copy, new TreeMap<>()).floorEntry(offset);
        return found == null ? OptionalLong.empty() : OptionalLong.of(found.getValue());
    }
}
