package io.wadi.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TopicsTest {
    @Test
    void parse_declarations_areKeptInTheirOrder() {
        Topics topics = Topics.parse("""
                # a remark
                topics:
                  - {name: b, partitions: 3, replication: 2, intake: true}
                  - name: a
                    partitions: 1
                    replication: 1
                    config: {retention.ms: "1000", cleanup.policy: compact}
                """);

        assertThat(topics.all())
                .containsExactly(
                        new Topics.Topic("b", 3, (short) 2, true, null),
                        new Topics.Topic(
                                "a", 1, (short) 1, false, Map.of("retention.ms", "1000", "cleanup.policy", "compact")));
    }

    @Test
    void find_isTheDeclarationOrNone() {
        Topics topics = Topics.parse("topics: [{name: a, partitions: 1, replication: 1}]");

        assertThat(topics.find("a"))
                .hasValueSatisfying(topic -> assertThat(topic.intake()).isFalse());
        assertThat(topics.find("A")).isEmpty();
    }

    @Test
    void parse_noTopics_isNone() {
        assertThat(Topics.parse("topics: []").all()).isEmpty();
    }

    @Test
    void asNewTopic_asksForWhatIsDeclared() {
        assertThat(new Topics.Topic("a", 3, (short) 2, true, null).asNewTopic())
                .isEqualTo(new NewTopic("a", 3, (short) 2).configs(Map.of()));
        assertThat(new Topics.Topic("a", 1, (short) 1, true, Map.of("retention.ms", "1")).asNewTopic())
                .isEqualTo(new NewTopic("a", 1, (short) 1).configs(Map.of("retention.ms", "1")));
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("", "topics.yaml"),
                arguments("topics: [", "topics.yaml line 1, column"),
                arguments("topics:\n  - {name: a, partitions: 1, replication: 1", "topics.yaml line 2, column"),
                arguments("topics:\n\t- {name: a}", "(TAB)' that cannot start any token"),
                arguments("[]", "topics.yaml line 1, column 1: "),
                arguments("topics: []\ntopic: []", "topics.yaml line 2, column 9: Unrecognized field \"topic\""),
                arguments("{}", "Missing required creator property 'topics'"),
                arguments(
                        "topics:\n  - {name: a, partitions: 1, replication: 1, partition: 2}",
                        "topics.yaml line 2, column 59: Unrecognized field \"partition\""),
                arguments(
                        "topics:\n  - {name: a, partitions: three, replication: 1}",
                        "topics.yaml line 2, column 27: Cannot deserialize value of type `int` from String \"three\""),
                arguments("topics:\n  - {name: a, replication: 1}", "Missing required creator property 'partitions'"),
                arguments("topics:\n  - {name: a, partitions: 1}", "Missing required creator property 'replication'"),
                arguments("topics:\n  - {partitions: 1, replication: 1}", "Missing required creator property 'name'"),
                arguments(
                        "topics:\n  - {name: a, partitions: 1, replication: 1}\n  - {name: a, partitions: 2, replication: 1}",
                        "topics.yaml: a is declared twice"),
                arguments(
                        "topics:\n  - {name: a, name: b, partitions: 1, replication: 1}",
                        "topics.yaml line 2, column 19: Duplicate field 'name'"),
                arguments(
                        "topics: [{name: a, partitions: 0, replication: 1}]",
                        "topics.yaml: a: found partitions 0, replication 1, allowed from 1"),
                arguments(
                        "topics: [{name: a, partitions: 1, replication: 0}]",
                        "topics.yaml: a: found partitions 1, replication 0, allowed from 1"),
                arguments("topics:", "topics.yaml line 1, column"),
                arguments("topics: [null]", "topics.yaml line 1, column"),
                arguments("topics: [{name: , partitions: 1, replication: 1}]", "topics.yaml line 1, column"),
                arguments("topics: [{name: a, partitions: , replication: 1}]", "found partitions 0"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void parse_mistake_saysWhereAndWhat(String yaml, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Topics.parse(yaml))
                .withMessageStartingWith("topics.yaml")
                .withMessageContaining(message);
    }

    @Test
    void parse_shippedFile_hasTheTopicsOfTheShippedRoutes() throws IOException {
        Topics topics = Topics.parse(Files.readString(Path.of("topics.yaml")));

        assertThat(topics.all())
                .extracting(Topics.Topic::name)
                .contains(
                        "select-color",
                        "metric.all",
                        "metric.cpu",
                        "metric.memory",
                        "metric.cpu.alert",
                        "metric.memory.alert",
                        "wadi.dead-letter");
        assertThat(topics.find("wadi.dead-letter").orElseThrow().intake()).isFalse();
    }
}
