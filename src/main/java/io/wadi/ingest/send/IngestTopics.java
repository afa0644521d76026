package io.wadi.ingest.send;

import io.wadi.ingest.json.EventCheck;
import io.wadi.ingest.registry.AvroCheck;
import io.wadi.ingest.registry.RegisteredSchema;
import io.wadi.ingest.registry.SchemaRegistry;
import io.wadi.ingest.schema.EventSchema;
import io.wadi.ingest.schema.SchemaChange;
import io.wadi.kafka.Causes;
import io.wadi.kafka.client.SchemaHistory;
import io.wadi.kafka.topics.Topic;
import io.wadi.kafka.topics.Topics;
import io.wadi.runtime.config.FileText;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.watch.WatchedValue;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics that accept events over HTTP, with their schemas. Thread-safe. */
public final class IngestTopics {
    private static final Logger LOG = LoggerFactory.getLogger(IngestTopics.class);

    private final Map<String, IngestTopic> byName = new HashMap<>();
    /** The texts of the schemas by topic, separately for schemas with (true) and without (false) checks of formats. */
    private final Map<Boolean, Map<String, String>> schemas = Map.of(true, new HashMap<>(), false, new HashMap<>());

    private final List<WatchedValue<RegisteredSchema>> registered = new ArrayList<>();

    private IngestTopics() {}

    /**
     * Reads the schemas of the declared topics.
     *
     * @param directory the directory that is searched for schema files before the jar
     * @param registry the registry of Avro schemas; empty if none is configured
     * @throws SettingsException with all errors, each with its topic and file
     */
    public static IngestTopics read(Topics topics, Path directory, Optional<SchemaRegistry> registry) {
        IngestTopics read = new IngestTopics();
        List<String> errors = new ArrayList<>();
        for (Topic topic : topics.all()) {
            if (topic.ingest() != null) {
                try {
                    read.byName.put(topic.name(), read.topic(topic, directory, registry));
                } catch (IllegalArgumentException e) {
                    errors.add("topics.yaml: %s: ingest: %s".formatted(topic.name(), e.getMessage()));
                }
            }
        }
        if (!errors.isEmpty()) {
            throw new SettingsException(errors);
        }
        return read;
    }

    private IngestTopic topic(Topic topic, Path directory, Optional<SchemaRegistry> registry) {
        EventSchema schema = schema(topic, directory);
        EventCheck check = schema == null ? EventCheck.NONE : schema::check;
        String subject = topic.ingest().avro();
        if (subject == null) {
            return new IngestTopic(topic, check, CompletableFuture.completedFuture(null));
        }
        WatchedValue<RegisteredSchema> avro = registry.orElseThrow(() -> new IllegalArgumentException(
                        "avro names the subject %s but no schema registry is configured: set wadi.schema-registry.url"
                                .formatted(subject)))
                .latest(subject);
        CompletableFuture<Void> ready = new CompletableFuture<>();
        avro.follow(latest -> {
            if (latest != null) {
                LOG.info(
                        "Topic {}: writing events as Avro with version {} of {}, id {}",
                        topic.name(),
                        latest.version(),
                        subject,
                        latest.id());
                ready.complete(null);
            }
        });
        registered.add(avro);
        return new IngestTopic(topic, new AvroCheck(check, avro::get), ready);
    }

    /** Returns the schemas in the registry. Their values are available after the first check. */
    public List<WatchedValue<RegisteredSchema>> registered() {
        return List.copyOf(registered);
    }

    private EventSchema schema(Topic topic, Path directory) {
        Topic.Ingest ingest = topic.ingest();
        EventSchema schema = ingest.schema() == null ? null : compile(topic.name(), ingest, directory);
        if (ingest.key() == null) {
            return schema;
        }
        return (schema == null ? EventSchema.ANY : schema).withKey(ingest.key().toString());
    }

    private EventSchema compile(String topic, Topic.Ingest ingest, Path directory) {
        String text = text(ingest.schema(), directory);
        EventSchema schema;
        try {
            schema = EventSchema.compile(text, ingest.checkFormats());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("schema " + ingest.schema() + ": " + e.getMessage(), e);
        }
        schemas.get(ingest.checkFormats()).put(topic, text);
        schema.treeReason()
                .ifPresent(place -> LOG.info(
                        "Topic {}: schema {} is checked on whole events at several times the cost because of {}",
                        topic,
                        ingest.schema(),
                        place));
        return schema;
    }

    private static String text(String file, Path directory) {
        Path path = directory.resolve(file);
        try (InputStream content =
                Files.exists(path) ? Files.newInputStream(path) : IngestTopics.class.getResourceAsStream("/" + file)) {
            if (content == null) {
                throw new IllegalArgumentException("schema %s: no such file next to topics.yaml (%s) or in the jar"
                        .formatted(file, path.toAbsolutePath().normalize()));
            }
            return FileText.of("schema " + file, content.readAllBytes());
        } catch (IOException e) {
            throw new IllegalArgumentException("schema %s cannot be read: %s".formatted(file, e), e);
        }
    }

    /**
     * Compares the schemas with those of the last start, and logs a warning for each change that may reject events that
     * were valid before. Blocks on Kafka. A failure is logged, and the comparison is repeated at the next start.
     */
    public void compareWith(SchemaHistory history) {
        schemas.forEach((formats, texts) -> {
            try {
                if (!texts.isEmpty()) {
                    history.change(
                                    texts,
                                    (before, after) -> SchemaChange.between(before, after, formats).stream()
                                            .map(SchemaChange::toString)
                                            .toList())
                            .forEach(change ->
                                    LOG.warn("Topic schema changed and may reject events accepted before: {}", change));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                LOG.warn(
                        "Failed to compare the schemas with those of the last start in topic {}; they are compared at the next start: {}",
                        SchemaHistory.TOPIC,
                        Causes.inShort(e));
            }
        });
    }

    /** Returns a topic that accepts events on any event endpoint; empty if there is none of this name. */
    public Optional<IngestTopic> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Returns a topic that accepts events on this event endpoint; empty if there is none of this name. */
    public Optional<IngestTopic> find(String name, Topic.EventEndpoint way) {
        return find(name).filter(found -> found.topic().accepts(way));
    }
}
