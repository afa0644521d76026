package io.wadi.extension.mirror;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.connect.mirror.OffsetSync;

/**
 * MirrorMaker's offset syncs of a flow from A to B, pairs of source and target offsets, as far as compaction has kept
 * them, from the topic {@code mm2-offset-syncs.B.internal} in A (KIP-382), or {@code mm2-offset-syncs.A.internal} in B
 * (KIP-716).
 */
final class OffsetSyncs {
    private final ReplicationFlow flow;
    private final Map<TopicPartition, NavigableMap<Long, Long>> upstream = new HashMap<>();

    OffsetSyncs(ReplicationFlow flow) {
        this.flow = flow;
    }

    /** Reads all offset syncs from the cluster that stores them; none if it has no such topic. */
    void read(ClusterClients cluster) throws InterruptedException {
        cluster.read(flow.offsetSyncs(), each -> {
            if (each.value() == null) {
                remove(OffsetSync.KEY_SCHEMA.read(ByteBuffer.wrap(each.key())));
            } else {
                add(OffsetSync.deserializeRecord(each));
            }
        });
    }

    /** Operators may remove the offset syncs of a deleted topic by tombstones. */
    private void remove(Struct key) {
        upstream.remove(
                copy(new TopicPartition(key.getString(OffsetSync.TOPIC_KEY), key.getInt(OffsetSync.PARTITION_KEY))));
    }

    void add(OffsetSync sync) {
        upstream.computeIfAbsent(copy(sync.topicPartition()), any -> new TreeMap<>())
                .put(sync.downstreamOffset(), sync.upstreamOffset());
    }

    private TopicPartition copy(TopicPartition original) {
        return new TopicPartition(flow.nameAtTarget(original.topic()), original.partition());
    }

    /** Returns the source offset of the last sync at or before a target offset. */
    OptionalLong lastBefore(TopicPartition copy, long offset) {
        Map.Entry<Long, Long> found =
                upstream.getOrDefault(copy, new TreeMap<>()).floorEntry(offset);
        return found == null ? OptionalLong.empty() : OptionalLong.of(found.getValue());
    }
}
