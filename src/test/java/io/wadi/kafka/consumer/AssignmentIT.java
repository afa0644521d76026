package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.client.AssignedPartitions;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.TopicProbe;
import java.util.List;
import java.util.Properties;
import java.util.stream.LongStream;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How a consumer gets its partitions: from its group, by topic pattern, shared with other consumers, when partitions
 * are added, and by manual assignment.
 */
@Execution(ExecutionMode.CONCURRENT)
class AssignmentIT {
    @Test
    void consumersCount_eachPartitionIsAssignedToOneConsumer() throws Exception {
        TopicProbe.create("many-consumers", 4);
        Flow.produce("many-consumers", 4, 0, 50);
        FakeSink.Store store = new FakeSink.Store(10);
        // A rebalance may publish records early, after which fewer than ten remain at the end.
        store.publishOnTick(true);
        try (Flow flow = start("kafka:many-consumers?groupId=many-consumers&consumersCount=3", store)) {
            awaitPublished(store, "many-consumers", 4, 50);
            await().until(() -> GroupProbe.isShared("many-consumers", 3));
            Flow.produce("many-consumers", 4, 50, 50);
            awaitPublished(store, "many-consumers", 4, 100);
        }
    }

    @Test
    void topicPattern_subscribesToMatchingTopics_alsoWhenCreatedLater() throws Exception {
        TopicProbe.create("pattern.a", 1);
        Flow.produce("pattern.a", 1, 0, 10);
        FakeSink.Store store = new FakeSink.Store(10);
        try (Flow flow = start(
                "kafka:pattern[.].*?groupId=assigned&topicIsPattern=true&additionalProperties.metadata.max.age.ms=500",
                store)) {
            awaitPublished(store, "pattern.a", 1, 10);
            TopicProbe.create("pattern.b", 2);
            Flow.produce("pattern.b", 2, 0, 10);
            awaitPublished(store, "pattern.b", 2, 10);
        }
    }

    @Test
    void partitionsAddedToATopic_areConsumed() throws Exception {
        TopicProbe.create("growing", 1);
        Flow.produce("growing", 1, 0, 10);
        FakeSink.Store store = new FakeSink.Store(10);
        store.publishOnTick(true);
        try (Flow flow = start("kafka:growing?groupId=growing&additionalProperties.metadata.max.age.ms=500", store)) {
            awaitPublished(store, "growing", 1, 10);
            TopicProbe.grow("growing", 3);
            Flow.produce("growing", 3, 10, 10);
            await().untilAsserted(() -> assertThat(store.published(new TopicPartition("growing", 2)))
                    .isEqualTo(LongStream.range(0, 10).boxed().toList()));
            awaitPublished(store, "growing", 1, 20);
        }
    }

    @Test
    void assignedPartitions_areReadAndCommittedWithoutAMembership() throws Exception {
        TopicProbe.create("by-hand", 4);
        Flow.produce("by-hand", 4, 0, 14);
        FakeSink.Store store = new FakeSink.Store(10);
        String uri = "kafka:by-hand?groupId=by-hand&additionalProperties.wadi.partitions=0,2-3";
        try (Flow flow = start(uri, store)) {
            await().until(() -> store.calls("append", new TopicPartition("by-hand", 3)) >= 14);
            assertThat(store.calls("append", new TopicPartition("by-hand", 3))).isEqualTo(14);
            await().until(() -> Flow.committed("by-hand", "by-hand", 3) == 10);
            assertThat(Flow.members("by-hand")).isZero();
        }
        for (int partition : List.of(0, 2, 3)) {
            assertThat(store.published(new TopicPartition("by-hand", partition)))
                    .as("finished at the stop")
                    .isEqualTo(LongStream.range(0, 14).boxed().toList());
            assertThat(Flow.committed("by-hand", "by-hand", partition)).isEqualTo(14);
        }
        assertThat(store.published(new TopicPartition("by-hand", 1))).isEmpty();

        Flow.produce("by-hand", 4, 14, 10);
        try (Flow flow = start(uri, store)) {
            await().until(() -> Flow.committed("by-hand", "by-hand", 2) == 24);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0       | [0]
            0-3,7   | [0, 1, 2, 3, 7]
            ' 5 ,1' | [1, 5]
            2-2     | [2]
            """)
    void partitions_listsAndRanges_areParsed(String given, String partitions) {
        Properties properties = new Properties();
        properties.put("wadi.partitions", given);

        assertThat(AssignedPartitions.takeFrom(properties)).hasToString(partitions);
        assertThat(properties).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "-1", "1-", "3-1", "1,,2", "99999999999"})
    void partitions_invalidSetting_isRejected(String given) {
        Properties properties = new Properties();
        properties.put("wadi.partitions", given);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> AssignedPartitions.takeFrom(properties))
                .withMessageStartingWith("Invalid value '")
                .withMessageEndingWith("' for wadi.partitions: expected numbers and ranges, such as 0-3,7");
    }

    // ----

    private static Flow start(String uri, Processor step) throws Exception {
        return Flow.start(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from(uri + "&kafkaClientFactory=#record-batches").process(step);
            }
        });
    }

    private static void awaitPublished(FakeSink.Store store, String topic, int partitions, int count) {
        await().untilAsserted(() -> {
            for (int partition = 0; partition < partitions; partition++) {
                assertThat(store.published(new TopicPartition(topic, partition)))
                        .isEqualTo(LongStream.range(0, count).boxed().toList());
            }
        });
    }
}
