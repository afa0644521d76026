package io.wadi.kafka.topics;

/**
 * The identity of a topic. A recreated topic, or one in another cluster, may have the same name but has another id;
 * offsets are meaningful for one id only.
 *
 * @param id the topic id, as Kafka's tools show it
 * @param cluster the cluster id
 */
public record TopicIdentity(String id, String cluster) {
    /**
     * Describes why data of a topic with another id does not belong to this topic, for error messages.
     *
     * @param topic the subject of the message, such as "the topic" or "topic orders"
     * @param stored the data, such as "the files in /data/orders"
     * @param recorded the identity of the topic that the data was stored from
     */
    public String difference(String topic, String stored, TopicIdentity recorded) {
        return recorded.cluster().equals(cluster)
                ? "%s was recreated: its id is %s, but %s are of the topic with id %s"
                        .formatted(topic, id, stored, recorded.id())
                : "%s is of another cluster: its id is %s in cluster %s, but %s are of id %s in cluster %s"
                        .formatted(topic, id, cluster, stored, recorded.id(), recorded.cluster());
    }
}
