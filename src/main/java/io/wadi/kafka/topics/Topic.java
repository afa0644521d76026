package io.wadi.kafka.topics;

import com.fasterxml.jackson.core.JsonPointer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic as {@code topics.yaml} declares it.
 *
 * @param replication the replication factor; {@link #BROKERS} for the brokers' default
 * @param config the declared settings with Kafka's names and values
 * @param partitioner the declared rule for keys; null for none
 * @param producer the declared settings of its producer with Kafka's names and values; empty for those of the sender
 * @param receipts whether an acknowledgement is a receipt: every in-sync replica has the record, once and in order
 * @param ingest the ingest over HTTP; null if it is closed
 * @param deduplication the deduplication of events by their ids; null for none
 * @param belongsTo the name of the deduplicated topic, if this topic contains its inbox or answers; null for a declared
 *     topic
 */
public record Topic(
        String name,
        int partitions,
        short replication,
        Map<String, String> config,
        Partitioning partitioner,
        Map<String, String> producer,
        boolean receipts,
        Ingest ingest,
        Deduplication deduplication,
        String belongsTo) {
    /** Kafka's value for the brokers' {@code default.replication.factor}. */
    static final short BROKERS = -1;

    /** An HTTP endpoint that takes events. */
    public enum EventEndpoint {
        /** {@code POST /events/{topic}}. */
        EVENTS,
        /** {@code POST /topics/{topic}}, the Kafka REST convention. */
        TOPICS,
        /** {@code GET /api/select}, the classic web event. */
        SELECT,
        /** {@code GET /pixel.gif}. */
        PIXEL
    }

    /** The handling of an event that violates the topic's schema. */
    public enum Invalid {
        REFUSE,
        /** The event is acknowledged and becomes a dead letter. */
        DEAD_LETTER
    }

    /**
     * The declaration of a topic's ingest over HTTP.
     *
     * @param over the open endpoints
     * @param keys the authorized clients: names of API keys, {@code token:} and a token's subject, or {@link #ANYONE};
     *     empty for any key or token
     * @param key the location of the record's key in an event; null for records without key
     * @param schema the JSON Schema's file; null for any JSON
     * @param avro the subject of the Avro schema in the registry; null for records in JSON
     * @param invalid the handling of events that violate the schemas
     * @param checkFormats whether the schema's {@code format} is validated
     * @param headers the request headers that become record headers, in lower case
     */
    public record Ingest(
            Set<EventEndpoint> over,
            List<String> keys,
            JsonPointer key,
            String schema,
            String avro,
            Invalid invalid,
            boolean checkFormats,
            List<String> headers) {

        /** Used in place of a key's name if writing requires no authentication. */
        public static final String ANYONE = "anyone";

        static final List<EventEndpoint> DEFAULT_OVER = List.of(EventEndpoint.EVENTS, EventEndpoint.TOPICS);

        /** The meaning of {@code ingest: true}. */
        static final Ingest PLAIN =
                new Ingest(Set.copyOf(DEFAULT_OVER), List.of(), null, null, null, Invalid.REFUSE, false, List.of());
    }

    /**
     * The deduplication of a topic's events by their ids (docs/explanation/guarantees.md).
     *
     * @param within the window after an event in which another one of the same id is a retry
     * @param id the location of the id in an event, which takes precedence over the id of the request; null for none
     * @param passesWithoutId whether events without an id go to the topic directly; otherwise they are rejected
     */
    public record Deduplication(Duration within, JsonPointer id, boolean passesWithoutId) {}

    public boolean accepts(EventEndpoint endpoint) {
        return ingest != null && ingest.over().contains(endpoint);
    }

    /** Returns the name of the topic to which ingest sends events for this topic that have an id. */
    public String inbox() {
        return DeduplicationTopics.inbox(name);
    }

    /** Returns the name of the topic with the answers for the events of the {@link #inbox}. */
    public String answers() {
        return DeduplicationTopics.answers(name);
    }

    boolean declaresReplication() {
        return replication != BROKERS;
    }

    public Partitioning partitioning() {
        return Objects.requireNonNullElse(partitioner, Partitioning.DEFAULT);
    }

    /** Returns whether each record goes to the next partition, regardless of its key. */
    public boolean isRoundRobin() {
        return producer.containsKey(ProducerConfig.PARTITIONER_CLASS_CONFIG);
    }

    /**
     * Returns whether adding partitions would separate the records of a key: the topic is compacted, or declares a
     * partitioner or the events' key.
     */
    public boolean keyed() {
        return partitioner != null || (ingest != null && ingest.key() != null) || isCompacted();
    }

    /** Returns whether Kafka keeps the last record of each key, so that a record needs one. */
    public boolean isCompacted() {
        return isCompacted(config);
    }

    static boolean isCompacted(Map<String, String> config) {
        return config.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "").contains(TopicConfig.CLEANUP_POLICY_COMPACT);
    }

    /** Returns whether records keep their senders' timestamps instead of the broker's; true if this is not declared. */
    public boolean hasTimestampsOfSenders() {
        return !"LogAppendTime".equals(config.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG));
    }
}
