package io.wadi.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.wadi.kafka.topics.TopicPlan.Configure;
import io.wadi.kafka.topics.TopicPlan.Create;
import io.wadi.kafka.topics.TopicPlan.Grow;
import io.wadi.kafka.topics.TopicPlan.Step;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The planned changes for each difference between a declaration and a topic. */
final class TopicPlanTest {
    private static final Map<String, String> DEFAULTS = Map.of(
            "retention.ms", "604800000",
            "cleanup.policy", "delete",
            "min.insync.replicas", "1",
            "message.timestamp.type", "CreateTime",
            "max.message.bytes", "1048588",
            "segment.ms", "604800000");

    private static Topic declared(String fields) {
        return Topics.parse("topics: [{name: a, " + fields + "}]").find("a").orElseThrow();
    }

    /** Returns a topic with three partitions on two brokers. */
    private static ActualTopic found(Map<String, String> own) {
        Map<String, String> config = new HashMap<>(DEFAULTS);
        config.putAll(own);
        return new ActualTopic(3, 2, Optional.of(config), own.keySet());
    }

    private static TopicPlan plan(String fields, Map<String, String> own) {
        return TopicPlan.of(declared(fields), Optional.of(found(own)), false);
    }

    private static List<String> lines(TopicPlan plan) {
        return plan.steps().stream()
                .map(step -> step.difference() + " → " + step.action())
                .toList();
    }

    static Stream<Arguments> asDeclared() {
        return Stream.of(
                arguments("", Map.of()),
                arguments(", retention: 7d, cleanup: delete, min-isr: 1, timestamp: create", Map.of()),
                arguments(", retention: 168h", Map.of("retention.ms", "604800000")),
                arguments(", retention: forever", Map.of("retention.ms", "-1")),
                arguments(", cleanup: both", Map.of("cleanup.policy", "compact,delete")),
                arguments(", cleanup: both", Map.of("cleanup.policy", "delete,compact")),
                arguments(", max-message: 1048588B", Map.of()),
                arguments(", config: {segment.ms: 604800000}", Map.of()));
    }

    @ParameterizedTest
    @MethodSource("asDeclared")
    void plan_topicAsDeclared_isEmpty(String fields, Map<String, String> own) {
        TopicPlan plan = plan("partitions: 3, replication: 2" + fields, own);

        assertThat(plan.steps()).isEmpty();
        assertThat(plan.refusals()).isEmpty();
        assertThat(plan.notes()).isEmpty();
    }

    @Test
    void plan_undeclaredReplication_usesTheBrokersDefault() {
        Topic topic = declared("partitions: 3");

        assertThat(TopicPlan.of(topic, Optional.of(found(Map.of())), false).refusals())
                .isEmpty();
        assertThat(lines(TopicPlan.of(topic, Optional.empty(), false)))
                .containsExactly("does not exist → create it with partitions 3, replication by the brokers' default");
    }

    @Test
    void plan_missingTopic_createsIt() {
        Topic topic = declared("partitions: 3, replication: 2, retention: 3d, partitioner: {hash: b}");

        TopicPlan plan = TopicPlan.of(topic, Optional.empty(), false);

        assertThat(plan.steps()).containsExactly(new Create(topic));
        assertThat(lines(plan))
                .containsExactly("does not exist → create it with partitions 3, replication 2, retention.ms=259200000");
        assertThat(plan.refusals()).isEmpty();
    }

    static Stream<Arguments> settings() {
        return Stream.of(
                arguments("retention: 3d", Map.of(), "retention 7d, declared 3d → set retention.ms=259200000"),
                arguments("retention: forever", Map.of(), "retention 7d, declared forever → set retention.ms=-1"),
                arguments(
                        "retention: 90m",
                        Map.of("retention.ms", "-1"),
                        "retention forever, declared 90m → set retention.ms=5400000"),
                arguments(
                        "cleanup: both", Map.of(), "cleanup delete, declared both → set cleanup.policy=compact,delete"),
                arguments("min-isr: 2", Map.of(), "min-isr 1, declared 2 → set min.insync.replicas=2"),
                arguments(
                        "timestamp: append",
                        Map.of(),
                        "timestamp create, declared append → set message.timestamp.type=LogAppendTime"),
                arguments(
                        "max-message: 2MiB",
                        Map.of(),
                        "max-message 1048588B, declared 2MiB → set max.message.bytes=2097152"),
                arguments(
                        "config: {segment.ms: 1000}",
                        Map.of(),
                        "segment.ms 604800000, declared 1000 → set segment.ms=1000"),
                arguments(
                        "retention: 1d, min-isr: 2",
                        Map.of(),
                        "retention 7d, declared 1d; min-isr 1, declared 2 → set retention.ms=86400000, min.insync.replicas=2"));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void plan_changedSetting_setsIt(String fields, Map<String, String> own, String line) {
        TopicPlan plan = plan("partitions: 3, replication: 2, " + fields, own);

        assertThat(plan.steps()).hasOnlyElementsOfType(Configure.class);
        assertThat(lines(plan)).containsExactly(line);
        assertThat(plan.refusals()).isEmpty();
    }

    @Test
    void plan_morePartitions_growsIt() {
        TopicPlan plan = plan("partitions: 6, replication: 2", Map.of());

        assertThat(plan.steps()).containsExactly(new Grow(3, 6));
        assertThat(lines(plan)).containsExactly("partitions 3, declared 6 → grow it to 6 partitions");
    }

    @Test
    void plan_morePartitionsOfATopicWithKeys_growsItOnlyWithTheOption() {
        Topic topic = declared("partitions: 6, replication: 2, partitioner: {hash: customer}");

        TopicPlan unasked = TopicPlan.of(topic, Optional.of(found(Map.of())), false);
        TopicPlan forced = TopicPlan.of(topic, Optional.of(found(Map.of())), true);

        assertThat(unasked.steps()).isEmpty();
        assertThat(unasked.refusals())
                .containsExactly("partitions 3, declared 6: keys would hash to other partitions afterwards. "
                        + "./wadi topics apply --grow-keyed adds the partitions nevertheless");
        assertThat(forced.steps()).containsExactly(new Grow(3, 6));
        assertThat(forced.refusals()).isEmpty();
    }

    @Test
    void plan_morePartitionsOfATopicThatIsCompactedInKafkaOnly_growsItOnlyWithTheOption() {
        Topic topic = declared("partitions: 6, replication: 2");
        Optional<ActualTopic> compacted = Optional.of(found(Map.of("cleanup.policy", "compact")));

        assertThat(TopicPlan.of(topic, compacted, false).steps()).isEmpty();
        assertThat(TopicPlan.of(topic, compacted, false).refusals())
                .singleElement()
                .asString()
                .startsWith("partitions 3, declared 6: keys would hash to other partitions afterwards. ");
        assertThat(TopicPlan.of(topic, compacted, true).steps()).containsExactly(new Grow(3, 6));
    }

    static Stream<Arguments> refusals() {
        return Stream.of(
                arguments(
                        "partitions: 1, replication: 2",
                        "partitions 3, declared 1: Kafka cannot remove partitions. Declare 3, or create a new topic"),
                arguments(
                        "partitions: 3, replication: 3",
                        "replication 2, declared 3: changing it moves data between brokers. Declare 2, or move it with "
                                + "kafka-reassign-partitions"),
                arguments(
                        "partitions: 3, replication: 2, config: {segments.ms: 1}",
                        "Kafka has no topic setting segments.ms; did you mean segment.ms?"));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void plan_unsupportedChange_isRejectedWithTheRemedy(String fields, String refusal) {
        TopicPlan plan = plan(fields, Map.of());

        assertThat(plan.steps()).isEmpty();
        assertThat(plan.refusals()).containsExactly(refusal);
    }

    @Test
    void plan_minIsrAboveReplication_isNotSet() {
        TopicPlan plan = plan("partitions: 3, replication: 3, min-isr: 3, retention: 1d", Map.of());

        assertThat(plan.refusals())
                .hasSize(2)
                .contains("min-isr 3 exceeds replication 2: Kafka would accept records with 2 in sync");
        assertThat(plan.steps()).extracting(Step::action).containsExactly("set retention.ms=86400000");
    }

    @Test
    void plan_undeclaredSettings_areKeptAndReported() {
        TopicPlan plan =
                plan("partitions: 3, replication: 2", Map.of("segment.ms", "1000", "retention.ms", "86400000"));

        assertThat(plan.steps()).isEmpty();
        assertThat(plan.refusals()).isEmpty();
        assertThat(plan.notes())
                .containsExactly("retention 1d is not declared and stays", "segment.ms 1000 is not declared and stays");
    }

    @Test
    void plan_unreadableSettings_areNotCompared() {
        TopicPlan plan = TopicPlan.of(
                declared("partitions: 4, replication: 2, retention: 1d"),
                Optional.of(new ActualTopic(3, 2, Optional.empty(), Set.of())),
                false);

        assertThat(plan.steps()).containsExactly(new Grow(3, 4));
        assertThat(plan.notes()).containsExactly("settings not compared: no permission to read them");
    }
}
