package io.wadi.kafka.topics;

import static io.wadi.runtime.config.Units.either;

import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.YamlFields;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The declaration of a topic's deduplication, and the two topics that belong to it: the inbox, to which ingest sends
 * events with an id, and the answers, which contain their receipts. Both are created with the topic's number of
 * partitions at that time and keep it, so that an id is always in the same partition.
 */
final class DeduplicationTopics {
    static final String FIELD = "deduplicate";
    private static final Duration MIN_WINDOW = Duration.ofSeconds(1);
    private static final Duration MAX_WINDOW = Duration.ofDays(90);
    /**
     * The minimum retention of the inbox. Events that are still unprocessed are deleted then; no client has a receipt
     * for them.
     */
    private static final Duration MIN_RETENTION = Duration.ofDays(3);
    /**
     * The maximum age of segments. Kafka deletes whole segments, so a record of the inbox may outlive its retention by
     * this.
     */
    private static final Duration SEGMENT = Duration.ofDays(1);
    /** Allows for clock differences between brokers, and for the interval at which Kafka deletes segments. */
    private static final Duration MARGIN = Duration.ofHours(1);

    private static final String INBOX = ".inbox";
    private static final String ANSWERS = ".receipts";
    private static final int MAX_NAME = 249;
    /** The settings that the inbox inherits from the topic. */
    private static final List<String> INHERITED =
            List.of(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG, TopicConfig.MAX_MESSAGE_BYTES_CONFIG);

    private DeduplicationTopics() {}

    static String inbox(String topic) {
        return topic + INBOX;
    }

    static String answers(String topic) {
        return topic + ANSWERS;
    }

    /** Returns the declared deduplication; null for none. */
    static Topic.Deduplication read(YamlFields topic) {
        return topic.mapping(FIELD).map(DeduplicationTopics::deduplication).orElse(null);
    }

    private static Topic.Deduplication deduplication(YamlFields fields) {
        Topic.Deduplication declared = new Topic.Deduplication(
                fields.required("within", "a duration from 1s to 90d", DeduplicationTopics::window)
                        .orElse(MAX_WINDOW),
                fields.value("id", "a JSON pointer such as /orderId", null, TopicsFile::pointer),
                fields.value("without-id", "refuse or pass", false, text -> either(text, "pass", "refuse")));
        fields.end();
        return declared;
    }

    private static Duration window(String text) {
        return Units.inRange(Units.duration(text), MIN_WINDOW, MAX_WINDOW);
    }

    /** Reports mistakes in a declaration with which the topic's events could not be deduplicated. */
    static void check(Topic topic, YamlFields fields) {
        Topic.Deduplication declared = topic.deduplication();
        if (declared == null) {
            return;
        }
        if (topic.ingest() == null) {
            fields.refuse(FIELD, "is declared without ingest: only events that ingest accepts have an id");
            return;
        }
        if (topic.accepts(Topic.EventEndpoint.SELECT) || topic.accepts(Topic.EventEndpoint.PIXEL)) {
            fields.refuse(
                    FIELD,
                    "is declared, but ingest is open over select or pixel, and their events have no id:"
                            + " expected over without them");
        }
        if (topic.accepts(Topic.EventEndpoint.TOPICS) && declared.id() == null) {
            fields.refuse(
                    FIELD,
                    "is declared without id, but ingest is open over topics, and its records have an id in their"
                            + " value only: expected id, or over without topics");
        }
        if (declared.id() != null && topic.ingest().avro() != null) {
            fields.refuse(FIELD, "declares id, but the topic's values are Avro: expected either id or avro");
        }
        if (!topic.receipts()) {
            fields.refuse(
                    FIELD,
                    "is declared, but receipts is none: a retry must be able to get the receipt of the first event");
        }
        if (!topic.producer().isEmpty()) {
            fields.refuse(
                    FIELD,
                    "is declared with settings of the producer (producer, partitioner: round-robin):"
                            + " the topic's events are sent in transactions, to which these do not apply");
        }
        if (answers(topic.name()).length() > MAX_NAME) {
            fields.refuse(
                    FIELD,
                    "is declared, but the name is longer than %d characters, so that %s would be too long"
                            .formatted(MAX_NAME - ANSWERS.length(), ANSWERS));
        }
    }

    /** Returns the inbox and the answers of a topic; none without deduplication. */
    static List<Topic> of(Topic topic) {
        if (topic.deduplication() == null) {
            return List.of();
        }
        Duration window = topic.deduplication().within();
        Map<String, String> inbox = new HashMap<>(topic.config());
        inbox.keySet().retainAll(INHERITED);
        inbox.put(TopicConfig.CLEANUP_POLICY_CONFIG, "delete");
        inbox.put(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, "LogAppendTime");
        Duration retention = window.compareTo(MIN_RETENTION) > 0 ? window : MIN_RETENTION;
        inbox.put(TopicConfig.RETENTION_MS_CONFIG, millis(retention));
        inbox.put(TopicConfig.SEGMENT_MS_CONFIG, millis(SEGMENT));
        // The brokers' default retention.bytes could delete events without an answer, and answers within the window.
        inbox.put(TopicConfig.RETENTION_BYTES_CONFIG, "-1");
        Map<String, String> answers = new HashMap<>(inbox);
        answers.remove(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        // The ids are restored from the answers, and the oldest event of the inbox may be a retry of an event one
        // window earlier.
        answers.put(
                TopicConfig.RETENTION_MS_CONFIG,
                millis(window.plus(retention).plus(SEGMENT).plus(MARGIN)));
        return List.of(derived(inbox(topic.name()), topic, inbox), derived(answers(topic.name()), topic, answers));
    }

    private static Topic derived(String name, Topic topic, Map<String, String> config) {
        return new Topic(
                name,
                topic.partitions(),
                topic.replication(),
                Map.copyOf(config),
                null,
                Map.of(),
                true,
                null,
                null,
                topic.name());
    }

    private static String millis(Duration time) {
        return Long.toString(time.toMillis());
    }
}
