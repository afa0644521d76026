package io.wadi.extension.mirror;

import org.apache.kafka.connect.mirror.IdentityReplicationPolicy;
import org.apache.kafka.connect.mirror.ReplicationPolicy;
import org.apache.kafka.connect.mirror.SourceAndTarget;

/**
 * A replication flow of MirrorMaker.
 *
 * @param from the alias of the source cluster
 * @param to the alias of the target cluster
 * @param topics the replicated topics
 * @param groups the groups with translated offsets
 * @param policy the naming of topics at the target
 * @param copiesHeartbeats whether MirrorMaker copies topics of heartbeats even if they are not among {@code topics}
 * @param hasHeartbeats whether MirrorMaker emits heartbeats for it and copies them
 * @param offsets the topic at the target with Kafka Connect's source offsets, possibly also those of other flows
 * @param hasSyncsAtTarget whether MirrorMaker stores its offset syncs at the target instead of the source
 */
public record ReplicationFlow(
        String from,
        String to,
        TopicFilter topics,
        TopicFilter groups,
        ReplicationPolicy policy,
        boolean copiesHeartbeats,
        boolean hasHeartbeats,
        String offsets,
        boolean hasSyncsAtTarget) {
    static final String HEARTBEATS = "heartbeats";

    public String name() {
        return new SourceAndTarget(from, to).toString();
    }

    /** Returns whether topics keep their names, which hides the origin of their records. */
    boolean keepsNames() {
        return policy instanceof IdentityReplicationPolicy;
    }

    /** Returns whether MirrorMaker copies a topic of the source, by the rules of its source connector. */
    boolean copies(String topic) {
        return (topics.matches(topic) || (copiesHeartbeats && policy.isHeartbeatsTopic(topic)))
                && !policy.isInternalTopic(topic)
                && !cameFromTarget(topic);
    }

    /** Returns whether a topic's name marks it as a copy from the target, which is not copied back. */
    private boolean cameFromTarget(String topic) {
        String origin = policy.topicSource(topic);
        if (origin == null) {
            return false;
        }
        if (origin.equals(to)) {
            return true;
        }
        String upstream = policy.upstreamTopic(topic);
        return upstream != null && !upstream.equals(topic) && cameFromTarget(upstream);
    }

    /** Returns the name at the target of a source's topic. */
    String nameAtTarget(String topic) {
        return policy.formatRemoteTopic(from, topic);
    }

    /** Returns the topic at the target with the heartbeats of this flow. */
    String heartbeats() {
        return nameAtTarget(HEARTBEATS);
    }

    /** Returns the topic with offset syncs, which has the alias of the other cluster in its name. */
    String offsetSyncs() {
        return policy.offsetSyncsTopic(hasSyncsAtTarget ? from : to);
    }

    /** Returns the topic at the target with translated consumer offsets. */
    String checkpoints() {
        return policy.checkpointsTopic(from);
    }
}
