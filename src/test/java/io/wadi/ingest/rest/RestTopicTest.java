package io.wadi.ingest.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RestTopicTest {
    private static final Node ONE = new Node(1, "one", 9092);
    private static final Node TWO = new Node(2, "two", 9092);
    private static final String FIRST =
            "{\"partition\":0,\"leader\":2,\"replicas\":[{\"broker\":1,\"leader\":false,\"in_sync\":false},"
                    + "{\"broker\":2,\"leader\":true,\"in_sync\":true}]}";
    private static final String SECOND =
            "{\"partition\":1,\"leader\":-1,\"replicas\":[{\"broker\":1,\"leader\":false,\"in_sync\":false}]}";

    private final RestTopic topic = RestTopic.of(
            new TopicDescription(
                    "orders",
                    false,
                    List.of(
                            new TopicPartitionInfo(0, TWO, List.of(ONE, TWO), List.of(TWO)),
                            new TopicPartitionInfo(1, null, List.of(ONE), List.of()))),
            new Config(List.of(
                    new ConfigEntry("retention.ms", "86400000"),
                    new ConfigEntry("cleanup.policy", "delete"),
                    new ConfigEntry("secret", null))));

    @Test
    void topic_containsNameSettingsAndPartitions() {
        assertThat(text(RestJson.write(topic)))
                .isEqualTo("{\"name\":\"orders\",\"configs\":{\"cleanup.policy\":\"delete\","
                        + "\"retention.ms\":\"86400000\"},\"partitions\":[" + FIRST + "," + SECOND + "]}");
        assertThat(text(RestJson.write(topic.partitions()))).isEqualTo("[" + FIRST + "," + SECOND + "]");
        assertThat(text(RestJson.write(topic.partitionOf("1")))).isEqualTo(SECOND);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2", "-1", "one", "99999999999"})
    void unknownPartition_is40402(String segment) {
        assertThatExceptionOfType(RestException.class)
                .isThrownBy(() -> topic.partitionOf(segment))
                .satisfies(e -> assertThat(text(e.error().body()))
                        .isEqualTo("{\"error_code\":40402,\"message\":\"topic orders has no such partition\"}"));
    }

    @Test
    void namesAndOffsets_haveTheRestConventionsFormat() {
        assertThat(text(RestJson.write(List.of("a", "b")))).isEqualTo("[\"a\",\"b\"]");
        assertThat(text(RestJson.write(new RestTopic.Offsets(7, 12))))
                .isEqualTo("{\"beginning_offset\":7,\"end_offset\":12}");
    }

    private static String text(byte[] body) {
        return new String(body, UTF_8);
    }
}
