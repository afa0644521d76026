package io.wadi.extension.mirror;

import org.apache.kafka.connect.mirror.IdentityReplicationPolicy;
import org.apache.kafka.connect.mirror.ReplicationPolicy;
import org.apache.kafka.connect.mirror.SourceAndTarget;

/**
 * One direction in which MirrorMaker copies.
 *
 * @param from the alias of the cluster that is read
 * @param to the alias of the one that is written
 * @param topics which are copied
 * @param policy what they are named at the other cluster
 * @param hasHeartbeats whether MirrorMaker sends heartbeats through it
 */
public record ReplicationFlow(
        String from, String to, TopicFilter topics, ReplicationPolicy policy, boolean hasHeartbeats) {
    private static final String HEARTBEATS = "heartbeats";

    /** {@code A->B}, as files name it. */
    public String name() {
        return new SourceAndTarget(from, to).toString();
    }

    /** Whether a topic keeps its name, which hides where its records are from. */
    boolean keepsNames() {
        return policy instanceof IdentityReplicationPolicy;
    }

    /** Whether MirrorMaker copies this topic of the source; as its source connector decides. */
    boolean copies(String topic) {
        return (topics.takes(topic) || policy.isHeartbeatsTopic(topic))
                && !policy.isInternalTopic(topic)
                && !cameFromTarget(topic);
    }

    /** Whether a topic of the source is, by its name, a copy of one of the target: those are not copied back. */
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

    /** The name at the target of a topic of the source. */
    String nameAtTarget(String topic) {
        return policy.formatRemoteTopic(from, topic);
    }

    /** The topic at the target in which heartbeats arrive that have come this way. */
    String heartbeats() {
        return nameAtTarget(HEARTBEATS);
    }

    /** The topic at the target in which Kafka Connect keeps how far it has read the source. */
    String positions() {
        return "mm2-offsets." + from + ".internal";
    }

    /** The topic at the target in which consumers' offsets stand as they are there. */
    String checkpoints() {
        return policy.checkpointsTopic(from);
    }
}
