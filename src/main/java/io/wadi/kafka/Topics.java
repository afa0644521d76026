package io.wadi.kafka;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The topics as {@code topics.yaml} declares them. */
public final class Topics {
    private static final Logger LOG = LoggerFactory.getLogger(Topics.class);
    private static final ObjectMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Map<String, Topic> declared = new LinkedHashMap<>();

    /**
     * A declared topic.
     *
     * @param name its name
     * @param partitions how many partitions it has at least
     * @param replication how many brokers hold each, at most as many as there are
     * @param intake whether {@code POST /events/…} may write to it
     * @param config its settings in Kafka's own names
     */
    public record Topic(
            @JsonProperty(required = true) @JsonSetter(nulls = Nulls.FAIL)
            String name,

            @JsonProperty(required = true) int partitions,
            @JsonProperty(required = true) short replication,
            boolean intake,
            Map<String, String> config) {

        NewTopic asNewTopic() {
            return new NewTopic(name, partitions, replication).configs(config == null ? Map.of() : config);
        }
    }

    private record File(
            @JsonProperty(required = true) @JsonSetter(nulls = Nulls.FAIL, contentNulls = Nulls.FAIL)
            List<Topic> topics) {}

    private Topics(List<Topic> topics) {
        for (Topic topic : topics) {
            if (declared.put(topic.name(), topic) != null) {
                throw new IllegalArgumentException("topics.yaml: " + topic.name() + " is declared twice");
            }
            if (topic.partitions() < 1 || topic.replication() < 1) {
                throw new IllegalArgumentException(
                        "topics.yaml: %s: found partitions %d, replication %d, allowed from 1"
                                .formatted(topic.name(), topic.partitions(), topic.replication()));
            }
        }
    }

    /**
     * Reads a {@code topics.yaml}.
     *
     * @throws IllegalArgumentException where it cannot be read: line, column and reason
     */
    public static Topics parse(String yaml) {
        try {
            return new Topics(YAML.readValue(yaml, File.class).topics());
        } catch (JsonProcessingException e) {
            String at = e.getLocation() == null
                    ? ""
                    : " line %d, column %d"
                            .formatted(
                                    e.getLocation().getLineNr(), e.getLocation().getColumnNr());
            throw new IllegalArgumentException("topics.yaml%s: %s".formatted(at, e.getOriginalMessage()), e);
        }
    }

    /** The declaration of a topic, if there is one. */
    public Optional<Topic> find(String name) {
        return Optional.ofNullable(declared.get(name));
    }

    /** All declared topics, in the file's order. */
    public Collection<Topic> all() {
        return declared.values();
    }

    /**
     * Creates the topics that do not exist, says where one that exists differs from its declaration, and returns when the
     * leader of every partition answers.
     *
     * @return the differences, one line each
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer
     */
    public List<String> apply(Admin admin) throws InterruptedException {
        try {
            Set<String> existing = admin.listTopics().names().get();
            for (Topic topic : all()) {
                if (!existing.contains(topic.name())) {
                    create(admin, topic);
                }
            }
            Map<String, TopicDescription> found =
                    admin.describeTopics(declared.keySet()).allTopicNames().get();
            for (TopicDescription each : found.values()) {
                awaitLeaders(admin, each.name(), each.partitions().size());
            }
            return differences(found);
        } catch (ExecutionException e) {
            throw new org.apache.kafka.common.KafkaException("The topics could not be checked", e.getCause());
        }
    }

    private static void create(Admin admin, Topic topic) throws InterruptedException, ExecutionException {
        try {
            admin.createTopics(List.of(topic.asNewTopic())).all().get();
            LOG.info("Created topic {} with {} partitions", topic.name(), topic.partitions());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw e;
            }
        }
    }

    /**
     * Returns when the leader of each of a topic's partitions answers for it. Before that, an idempotent producer's first
     * batch may be refused and its second taken; the first is then out of order until its delivery time is over
     * (KAFKA-15591, in brokers before 4.5).
     *
     * @throws ExecutionException where one does not answer within the client's time, or a broker has not heard of the topic yet
     */
    public static void awaitLeaders(Admin admin, String topic, int partitions)
            throws InterruptedException, ExecutionException {
        admin.listOffsets(IntStream.range(0, partitions)
                        .boxed()
                        .collect(Collectors.toMap(
                                partition -> new TopicPartition(topic, partition), partition -> OffsetSpec.latest())))
                .all()
                .get();
    }

    private List<String> differences(Map<String, TopicDescription> found) {
        List<String> differences = new ArrayList<>();
        for (Topic topic : all()) {
            int partitions = found.get(topic.name()).partitions().size();
            if (partitions != topic.partitions()) {
                differences.add("topic %s: topics.yaml declares %d partitions, Kafka has %d"
                        .formatted(topic.name(), topic.partitions(), partitions));
            }
        }
        return differences;
    }
}
