package io.wadi.extension.mirror;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
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
        cluster.read(flow.offsetSyncs(), each -> add(OffsetSync.deserializeRecord(each)));
    }

    void add(OffsetSync sync) {
        TopicPartition original = sync.topicPartition();
        TopicPartition copy = new TopicPartition(flow.nameAtTarget(original.topic()), original.partition());
        upstream.computeIfAbsent(copy, any -> new TreeMap<>()).put(sync.downstreamOffset(), sync.upstreamOffset());
    }

    /** Returns the source offset of the last sync at or before a target offset. */
    OptionalLong lastBefore(TopicPartition copy, long offset) {
        Map.Entry<Long, Long> found =
                upstream.getOrDefault(copy, new TreeMap<>()).floorEntry(offset);
        return found == null ? OptionalLong.empty() : OptionalLong.of(found.getValue());
    }
}
