package io.wadi.kafka.topics;

import static io.wadi.runtime.config.Units.either;
import static io.wadi.runtime.config.Units.matching;
import static io.wadi.runtime.config.Units.number;

import com.fasterxml.jackson.core.JsonPointer;
import io.wadi.kafka.ReservedHeaders;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.YamlFields;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;

/** A parser of {@code topics.yaml} that collects all mistakes. */
final class TopicsFile {
    private static final String NAME = "(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}";
    private static final Duration MAX_LINGER = Duration.ofSeconds(1);
    private static final String HEADER = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    private final List<String> mistakes = new ArrayList<>();
    private final Map<String, Topic> topics = new LinkedHashMap<>();
    private final Map<String, Integer> lines = new LinkedHashMap<>();

    private TopicsFile() {}

    /**
     * Returns the declared topics by name, in the file's order.
     *
     * @throws SettingsException with all mistakes, each with line and column
     */
    static Map<String, Topic> read(String yaml) {
        TopicsFile file = new TopicsFile();
        YamlFields.of("topics.yaml", yaml, file.mistakes).ifPresent(root -> {
            root.mappings("topics", "name").forEach(file::topic);
            root.end();
        });
        file.addDeduplicationTopics();
        if (!file.mistakes.isEmpty()) {
            throw new SettingsException(file.mistakes);
        }
        return file.topics;
    }

    private void topic(YamlFields fields) {
        Optional<String> name = fields.required(
                "name", "1 to 249 letters, digits, dots, underscores and hyphens", text -> matching(text, NAME));
        int partitions = fields.required(
                        "partitions", "a whole number from 1", text -> number(text, 1, Integer.MAX_VALUE))
                .orElse(Integer.MAX_VALUE);
        int replication = fields.value(
                "replication", "a whole number from 1", (int) Topic.BROKERS, text -> number(text, 1, Short.MAX_VALUE));
        Map<String, String> config = config(fields, replication);
        boolean receipts = fields.value("receipts", "durable or none", true, text -> either(text, "durable", "none"));
        Map<String, String> producer = new LinkedHashMap<>();
        Partitioning partitioner = null;
        if (fields.isPlain("partitioner")) {
            addPartitioner(fields, config, producer);
        } else {
            partitioner = fields.mapping("partitioner")
                    .map(declared -> partitioner(declared, partitions))
                    .orElse(null);
        }
        fields.mapping("producer").ifPresent(declared -> addProducer(declared, receipts, producer));
        Topic topic = new Topic(
                name.orElse(""),
                partitions,
                (short) replication,
                config,
                partitioner,
                producer,
                receipts,
                ingest(fields),
                DeduplicationTopics.read(fields),
                null);
        DeduplicationTopics.check(topic, fields);
        if (!receipts && topic.accepts(Topic.EventEndpoint.TOPICS)) {
            fields.refuse(
                    "ingest",
                    "is open over topics, which responds with offsets, but receipts is none:"
                            + " expected over without topics");
        }
        fields.end();
        name.ifPresent(declared -> add(declared, topic, fields));
    }

    private void add(String name, Topic topic, YamlFields fields) {
        Integer before = lines.putIfAbsent(name, fields.line());
        if (before == null) {
            topics.put(name, topic);
        } else {
            fields.refuse("declared twice, first in line " + before);
        }
    }

    /** Adds the topics of deduplication, which the file must not declare. */
    private void addDeduplicationTopics() {
        for (Topic topic : List.copyOf(topics.values())) {
            for (Topic derived : DeduplicationTopics.of(topic)) {
                if (topics.putIfAbsent(derived.name(), derived) != null) {
                    mistakes.add(
                            "topics.yaml line %d: %s: is declared, but it belongs to the deduplication of %s: expected another name"
                                    .formatted(lines.get(derived.name()), derived.name(), topic.name()));
                }
            }
        }
    }

    private static Map<String, String> config(YamlFields fields, int replication) {
        Map<String, String> config = new LinkedHashMap<>();
        for (TopicSetting setting : TopicSetting.ALL) {
            String value = fields.value(setting.word(), setting.allowed(), null, setting.toKafka());
            if (value != null) {
                config.put(setting.kafka(), value);
            }
        }
        fields.free("config", "a text or a number", TopicsFile::notEmpty).forEach((name, value) -> {
            Optional<TopicSetting> setting = TopicSetting.ofKafka(name);
            if (setting.isPresent() && !setting.get().isKafkaValue(value)) {
                fields.refuse("config", "sets %s to \"%s\", which Kafka does not accept".formatted(name, value));
            } else if (config.putIfAbsent(name, value) != null) {
                fields.refuse(
                        "config",
                        "sets %s, which %s sets, too"
                                .formatted(name, setting.orElseThrow().word()));
            }
        });
        String inSync = config.getOrDefault(TopicSetting.MIN_ISR.kafka(), "1");
        if (replication != Topic.BROKERS && Long.parseLong(inSync) > replication) {
            fields.refuse(
                    TopicSetting.MIN_ISR.word(),
                    "is %s, more than replication %d: Kafka would accept records with %2$d in sync"
                            .formatted(inSync, replication));
        }
        return config;
    }

    private static void addPartitioner(YamlFields topic, Map<String, String> config, Map<String, String> producer) {
        boolean sticky = topic.value(
                "partitioner", "sticky, round-robin or a mapping", true, text -> either(text, "sticky", "round-robin"));
        if (sticky) {
            return;
        }
        producer.put(ProducerConfig.PARTITIONER_CLASS_CONFIG, RoundRobinPartitioner.class.getName());
        if (Topic.isCompacted(config)) {
            topic.refuse(
                    "partitioner",
                    "is round-robin, but the topic is compacted, which requires the records of a key in one partition:"
                            + " expected sticky or a mapping");
        }
    }

    /** Adds the declared settings, and reports mistakes if they contradict each other or the topic's receipts. */
    private static void addProducer(YamlFields fields, boolean receipts, Map<String, String> producer) {
        String acks = fields.value("acks", "all, 1 or 0", null, text -> matching(text, "all|1|0"));
        Boolean idempotence = fields.value("idempotence", "true or false", null, text -> either(text, "true", "false"));
        String compression = fields.value(
                "compression",
                "none, gzip, snappy, lz4 or zstd",
                null,
                text -> matching(text, "none|gzip|snappy|lz4|zstd"));
        String linger = fields.value("linger", "a duration from 0ms to 1s", null, TopicsFile::linger);
        fields.end();
        boolean all = acks == null || acks.equals("all");
        if (!all && Boolean.TRUE.equals(idempotence)) {
            fields.refuse("idempotence", "is true, but acks is %s: expected false, or acks all".formatted(acks));
        }
        if (!all && receipts) {
            fields.refuse(
                    "acks",
                    "is %s, with which an acknowledged record can be lost: expected all, or receipts: none of the topic"
                            .formatted(acks));
        }
        if (all && receipts && Boolean.FALSE.equals(idempotence)) {
            fields.refuse(
                    "idempotence",
                    "is false, with which records can be stored twice or out of order:"
                            + " expected true, or receipts: none of the topic");
        }
        if (acks != null || idempotence != null) {
            producer.put(ProducerConfig.ACKS_CONFIG, all ? "all" : acks);
            producer.put(
                    ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                    Boolean.toString(idempotence == null ? all : idempotence));
        }
        if (compression != null) {
            producer.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, compression);
        }
        if (linger != null) {
            producer.put(ProducerConfig.LINGER_MS_CONFIG, linger);
        }
    }

    /**
     * Parses a linger time, which is at most half of ingest's shortest delivery timeout: the other half is the request
     * timeout.
     */
    private static String linger(String text) {
        return Long.toString(
                Units.inRange(Units.duration(text), Duration.ZERO, MAX_LINGER).toMillis());
    }

    private static Partitioning partitioner(YamlFields fields, int partitions) {
        Function<String, Integer> partition = text -> number(text, 0, partitions - 1);
        String allowed = "a partition from 0 to " + (partitions - 1);
        Partitioning partitioning = new Partitioning(
                fields.value("hash", "a field's name", null, TopicsFile::notEmpty),
                Map.copyOf(fields.free("pin", allowed, partition)),
                fields.value("missing-key", "refuse, spread or " + allowed, Partitioning.SPREAD, text -> switch (text) {
                    case "refuse" -> Partitioning.REFUSE;
                    case "spread" -> Partitioning.SPREAD;
                    default -> partition.apply(text);
                }));
        fields.end();
        return partitioning;
    }

    private static Topic.Ingest ingest(YamlFields topic) {
        if (topic.isPlain("ingest")) {
            boolean open =
                    topic.value("ingest", "true, false or a mapping", false, text -> either(text, "true", "false"));
            return open ? Topic.Ingest.PLAIN : null;
        }
        return topic.mapping("ingest").map(TopicsFile::ingestOf).orElse(null);
    }

    private static Topic.Ingest ingestOf(YamlFields fields) {
        Topic.Ingest ingest = new Topic.Ingest(
                Set.copyOf(fields.values(
                        "over",
                        words(Topic.EventEndpoint.class),
                        Topic.Ingest.DEFAULT_OVER,
                        text -> word(Topic.EventEndpoint.class, text))),
                fields.values("keys", "the name of an API key", List.of(), TopicsFile::notEmpty),
                fields.value("key", "a JSON pointer such as /customer", null, TopicsFile::pointer),
                fields.value("schema", "a file", null, TopicsFile::notEmpty),
                fields.value("avro", "a subject of the schema registry", null, TopicsFile::notEmpty),
                fields.value(
                        "invalid",
                        words(Topic.Invalid.class),
                        Topic.Invalid.REFUSE,
                        text -> word(Topic.Invalid.class, text)),
                fields.value("formats", "check or ignore", false, text -> either(text, "check", "ignore")),
                fields.values(
                        "headers",
                        "a header's name, and none of " + ReservedHeaders.NAMES + ", which only Wadi sets",
                        List.of(),
                        TopicsFile::header));
        if (ingest.checkFormats() && ingest.schema() == null) {
            fields.refuse(
                    "formats", "is check, but schema is missing: expected a schema with the formats, or no formats");
        }
        fields.end();
        return ingest;
    }

    private static String header(String text) {
        String name = matching(text, HEADER).toLowerCase(Locale.ROOT);
        if (ReservedHeaders.isReserved(name)) {
            throw new IllegalArgumentException("reserved");
        }
        return name;
    }

    static JsonPointer pointer(String text) {
        return JsonPointer.compile(notEmpty(text));
    }

    private static String notEmpty(String text) {
        return matching(text.strip(), "(?s).+");
    }

    /** Parses an enum constant, with hyphens for underscores. */
    private static <E extends Enum<E>> E word(Class<E> values, String text) {
        return Units.choice(values, matching(text, "[a-z-]+").replace('-', '_'));
    }

    private static <E extends Enum<E>> String words(Class<E> values) {
        Set<String> words = new TreeSet<>();
        for (E value : values.getEnumConstants()) {
            words.add(Units.word(value));
        }
        return String.join(", ", words);
    }
}
