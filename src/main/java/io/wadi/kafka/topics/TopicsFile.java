package io.wadi.kafka.topics;

import static io.wadi.runtime.config.Units.either;
import static io.wadi.runtime.config.Units.matching;
import static io.wadi.runtime.config.Units.number;

import com.fasterxml.jackson.core.JsonPointer;
import io.wadi.kafka.ReservedHeaders;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.YamlFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** A parser of {@code topics.yaml} that collects all mistakes. */
final class TopicsFile {
    private static final String NAME = "(?!\\.{1,2}$)[a-zA-Z0-9._-]{1,249}";
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
        Topic topic = new Topic(
                name.orElse(""),
                partitions,
                (short) replication,
                config(fields, replication),
                fields.mapping("partitioner")
                        .map(declared -> partitioner(declared, partitions))
                        .orElse(null),
                ingest(fields));
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
                    "is %s, more than replication %d: no record could be written".formatted(inSync, replication));
        }
        return config;
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

    private static JsonPointer pointer(String text) {
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
            words.add(value.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        return String.join(", ", words);
    }
}
