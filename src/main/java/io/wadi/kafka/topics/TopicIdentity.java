package io.wadi.kafka.topics;

/**
 * Which topic it is. A topic that was deleted and made anew has the same name and another id; so has one of the same name in
 * another cluster. Offsets tell something of one topic id alone.
 *
 * @param id the topic's, as Kafka's own tools show it
 * @param cluster the cluster's id
 */
public record TopicIdentity(String id, String cluster) {}
