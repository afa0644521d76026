package io.wadi.kafka.consumer;

import static io.wadi.kafka.Flow.awaitCommitted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Sinks that apply backpressure, and sinks that send records with their commits. */
class SinkPressureIT {
    @Test
    void fullSink_pausesOnlyItsPartition_andResumesByItself() throws Exception {
        String topic = "sink-full";
        TopicProbe.create(topic, 2);
        Flow.produce(topic, 2, 0, 100);
        TopicPartition held = new TopicPartition(topic, 0);
        AtomicBoolean full = new AtomicBoolean(true);
        FakeSink.Store store = new FakeSink.Store(5);
        store.full(partition -> partition.equals(held) && full.get());

        try (Flow flow = Flow.start(
                topic, "&kafkaClientFactory=#record-batches&maxPollRecords=5&maxPollIntervalMs=6000", store)) {
            awaitCommitted(topic, 1, 100);
            Set<String> members = GroupProbe.members(topic);
            await().untilAsserted(() -> assertThat(flow.states().all())
                    .extracting(PartitionStates.State::failure)
                    .containsExactly("planned failure", null));
            long ticks = store.calls("tick", held);
            await().until(() -> store.calls("tick", held) > ticks + 5);
            assertThat(store.published(held)).isEqualTo(range(5));

            full.set(false);
            awaitCommitted(topic, 0, 100);
            await().until(() -> flow.states().all().stream().noneMatch(PartitionStates.State::isFailing));
            assertThat(GroupProbe.members(topic)).isEqualTo(members);
        }
        assertThat(store.published(held)).isEqualTo(range(100));
    }

    @Test
    void recordsSentWithACommit_areStoredOnce_evenIfTheSinkFailsAfterwards() throws Exception {
        String topic = "sink-in-transactions";
        TopicPartition partition = Flow.topic(topic, 60);
        TopicProbe.create(topic + "-sent", 1);
        FakeSink.Store store = new FakeSink.Store(10);
        store.sendWithCommits(topic + "-sent");
        AtomicInteger failures = new AtomicInteger();
        store.plan((step, failing, position) ->
                step.equals("sent with its commit") && position % 20 == 0 && failures.incrementAndGet() <= 2);

        try (Flow flow = Flow.start(topic, "&kafkaClientFactory=#record-batches&maxPollRecords=10", store)) {
            awaitCommitted(topic, 0, 60);
            assertThat(flow.camel().isStarted()).isTrue();
        }
        assertThat(store.published(partition)).isEqualTo(range(60));
        assertThat(failures).hasValueGreaterThan(1);
        assertThat(KafkaProbe.readAll(topic + "-sent"))
                .extracting(sent -> new String(sent.value(), StandardCharsets.UTF_8))
                .isEqualTo(IntStream.rangeClosed(1, 6)
                        .mapToObj(number -> number + "0")
                        .toList());
    }

    private static List<Long> range(long end) {
        return LongStream.range(0, end).boxed().toList();
    }
}
