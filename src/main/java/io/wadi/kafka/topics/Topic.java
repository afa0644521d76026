package io.wadi.kafka.topics;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic as {@code topics.yaml} declares it.
 *
 * @param name its name
 * @param partitions how many partitions it has
 * @param replication how many brokers hold each; {@link #BROKERS} where that is left to them
 * @param config its declared settings, in Kafka's own names and values
 * @param partitioner how its keys choose partitions; null where none is declared
 * @param ingest how events come to it over HTTP; null where none may
 */
public record Topic(
        String name,
        int partitions,
        short replication,
        Map<String, String> config,
        Partitioning partitioner,
        Ingest ingest) {
    /** As often as the brokers' {@code default.replication.factor} says; Kafka's own sign for it. */
    static final short BROKERS = -1;

    /** A way in which events arrive. */
    public enum Way {
        /** {@code POST /events/{topic}}. */
        EVENTS,
        /** {@code POST /topics/{topic}}, the Kafka REST convention. */
        TOPICS,
        /** {@code GET /api/select}, the classic web event. */
        SELECT,
        /** {@code GET /pixel.gif}. */
        PIXEL
    }

    /** What becomes of an event that does not fit the topic's schema. */
    public enum Invalid {
        /** Its sender is told. */
        REFUSE,
        /** It is acknowledged as a dead letter. */
        DEAD_LETTER
    }

    /**
     * How a topic takes events over HTTP.
     *
     * @param over the ways that are open
     * @param keys whose keys or tokens may write: names of API keys, {@code token:} and a token's subject, or {@link #ANYONE}, who needs
     *     none; empty where any key or token does
     * @param key where an event has its record's key; null where its record has none
     * @param schema the JSON Schema's file; null where any JSON is taken
     * @param avro the subject of the Avro schema in the registry that records are written by; null where they stay JSON
     * @param invalid what becomes of an event that does not fit the schemas
     * @param checkFormats whether the schema's {@code format} is checked; else it is a remark
     * @param headers the request headers that become record headers, in lower case
     */
    public record Ingest(
            Set<Way> over,
            List<String> keys,
            JsonPointer key,
            String schema,
            String avro,
            Invalid invalid,
            boolean checkFormats,
            List<String> headers) {

        /** In place of a key's name: the topic needs no key. */
        public static final String ANYONE = "anyone";

        /** The ways that are open where none are named. */
        static final List<Way> USUAL = List.of(Way.EVENTS, Way.TOPICS);

        /** What {@code ingest: true} means: open for everybody, any JSON, no key. */
        static final Ingest PLAIN =
                new Ingest(Set.copyOf(USUAL), List.of(), null, null, null, Invalid.REFUSE, false, List.of());
    }

    /** Whether events may come to it in this way. */
    public boolean takes(Way way) {
        return ingest != null && ingest.over().contains(way);
    }

    /** Whether it says how many brokers hold each partition. */
    boolean saysReplication() {
        return replication != BROKERS;
    }

    /** How its keys choose partitions: as declared, or as with any other producer. */
    public Partitioning partitioning() {
        return Objects.requireNonNullElse(partitioner, Partitioning.KAFKAS);
    }

    /**
     * Whether its records are known to have keys, so that more partitions would part the records of a key: it is compacted, or
     * a partitioner or the events' key is declared.
     */
    public boolean keyed() {
        return partitioner != null
                || (ingest != null && ingest.key() != null)
                || config.getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "")
                        .contains(TopicConfig.CLEANUP_POLICY_COMPACT);
    }
}
