package io.wadi.kafka.topics;

import io.wadi.kafka.topics.TopicsReport.Entry;
import io.wadi.kafka.topics.TopicsReport.State;
import io.wadi.runtime.config.FileText;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics as {@code topics.yaml} declares them. */
public final class Topics {
    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);

    public static final Topics NONE = new Topics(Map.of());

    private final Map<String, Topic> declared;

    private Topics(Map<String, Topic> declared) {
        this.declared = declared;
    }

    /**
     * Reads a file, or the jar's own {@code topics.yaml} if the file does not exist.
     *
     * @throws SettingsException with all mistakes, or if there is neither
     */
    public static Topics read(String file) {
        return read(file, () -> Topics.class.getResourceAsStream("/topics.yaml"));
    }

    /**
     * Reads a file, or the stream if the file does not exist.
     *
     * @param ofJar supplies the jar's file; null if there is none
     */
    static Topics read(String file, Supplier<InputStream> ofJar) {
        Path path = Path.of(file);
        try (InputStream yaml = Files.exists(path) ? Files.newInputStream(path) : ofJar.get()) {
            if (yaml == null) {
                throw new SettingsException(List.of(
                        "%s does not exist, and the jar contains no topics.yaml: expected a file that declares the topics (%s)"
                                .formatted(path.toAbsolutePath(), WadiSettings.TOPICS_FILE.name())));
            }
            return parse(FileText.of("topics.yaml", yaml.readAllBytes()));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(List.of(e.getMessage()));
        } catch (IOException e) {
            throw new SettingsException(List.of("Reading " + file + " failed: " + e));
        }
    }

    /**
     * Parses a {@code topics.yaml}.
     *
     * @throws SettingsException with all mistakes, each with its line and column
     */
    public static Topics parse(String yaml) {
        return new Topics(TopicsFile.read(yaml));
    }

    public Optional<Topic> find(String name) {
        return Optional.ofNullable(declared.get(name));
    }

    public Collection<Topic> all() {
        return declared.values();
    }

    /** Returns the declared producer settings by topic. Topics that declare none are omitted. */
    public Map<String, Map<String, String>> producers() {
        return declared.values().stream()
                .filter(topic -> !topic.producer().isEmpty())
                .collect(Collectors.toMap(Topic::name, Topic::producer));
    }

    /**
     * Applies the declarations, except for added partitions that would separate the records of a key. New topics may
     * not have leaders yet; see {@link #leaders}.
     *
     * @return the remaining differences, one line each
     * @throws KafkaException if Kafka does not respond, or did not create a topic
     */
    public List<String> apply(Admin admin) throws InterruptedException {
        TopicsReport report = new TopicsAdmin(this, admin).run(TopicsAdmin.Mode.APPLY, false);
        List<String> left = new ArrayList<>();
        for (Entry topic : report.topics()) {
            TopicsText.changes(topic, State.DONE).forEach(line -> LOG.info("Topic {}: {}", topic.topic(), line));
            Stream.concat(TopicsText.changes(topic, State.FAILED), topic.rejected().stream())
                    .forEach(line -> left.add("topic " + topic.topic() + ": " + line));
        }
        if (report.topics().stream().anyMatch(topic -> topic.partitions() == null)) {
            throw new KafkaException(String.join("; ", left));
        }
        return left;
    }

    /**
     * Requests an offset of each partition of a topic from the partition's leader. Until all leaders have responded,
     * brokers before 4.5 may reject the first batch of an idempotent producer and accept its second; the first batch
     * then fails as out of order until its delivery timeout (KAFKA-15591).
     *
     * @return a future that fails if a leader does not respond within the client's timeout, or the topic is not yet
     *     known to a broker
     */
    public static KafkaFuture<?> leaders(Admin admin, String topic, int partitions) {
        return admin.listOffsets(IntStream.range(0, partitions)
                        .boxed()
                        .collect(Collectors.toMap(
                                partition -> new TopicPartition(topic, partition), partition -> OffsetSpec.latest())))
                .all();
    }
}
