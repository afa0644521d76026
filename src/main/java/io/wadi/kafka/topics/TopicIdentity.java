package io.wadi.kafka.topics;

/**
 * The identity of a topic. A recreated topic, or one in another cluster, may have the same name but has another id;
 * offsets are meaningful for one id only.
 *
 * @param id the topic id, as Kafka's tools show it
 * @param cluster the cluster id
 */
public record TopicIdentity(String id, String cluster) {}
