package io.wadi.kafka.consumer;

import static io.wadi.kafka.Flow.awaitCommitted;
import static io.wadi.kafka.Flow.start;
import static io.wadi.kafka.Flow.topic;
import static io.wadi.testing.GroupProbe.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.Recorder;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where reading begins, and where it continues if Kafka has deleted the next records. */
@Execution(ExecutionMode.CONCURRENT)
class OffsetResetIT {
    @Test
    void committedOffsetExpired_resumesAtTheBeginning_andCountsTheGap() throws Exception {
        TopicPartition partition = topic("reset-records", 20);
        commit("reset-records", partition, 3);
        TopicProbe.delete(partition, 8);
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        try (Flow flow = start("reset-records", "", recorder)) {
            awaitCommitted("reset-records", 0, 20);
            assertThat(expired(flow)).isEqualTo(5);
        }
        assertThat(recorder.done()).hasSize(12);
    }

    @Test
    void committedOffsetExpired_withoutNewRecords_isCountedOnce() throws Exception {
        TopicPartition partition = topic("reset-idle", 20);
        commit("reset-idle", partition, 3);
        TopicProbe.delete(partition, 20);
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        try (Flow flow = start("reset-idle", "", recorder)) {
            awaitCommitted("reset-idle", 0, 20);
            assertThat(expired(flow)).isEqualTo(17);
        }
        Flow.produce("reset-idle", 1, 20, 1);
        try (Flow flow = start("reset-idle", "", recorder)) {
            awaitCommitted("reset-idle", 0, 21);
            assertThat(expired(flow)).isZero();
        }
        assertThat(recorder.done()).hasSize(1);
    }

    @Test
    void committedOffsetExpired_latest_resumesAtTheEnd_andCountsDeletedOffsets() throws Exception {
        TopicPartition partition = topic("reset-latest", 20);
        commit("reset-latest", partition, 3);
        TopicProbe.delete(partition, 8);
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        try (Flow flow = start("reset-latest", "&autoOffsetReset=latest", recorder)) {
            await().untilAsserted(() -> assertThat(expired(flow)).isEqualTo(5));
            Flow.produce("reset-latest", 1, 20, 2);
            awaitCommitted("reset-latest", 0, 22);
        }
        assertThat(recorder.done()).hasSize(2);
    }

    @Test
    void committedOffsetExpired_sinkIsNotifiedAndCountedOnce() throws Exception {
        TopicPartition partition = topic("reset-sink", 20);
        commit("reset-sink", partition, 3);
        TopicProbe.delete(partition, 8);
        FakeSink.Store store = new FakeSink.Store(4);
        try (Flow flow = start("reset-sink", "&kafkaClientFactory=#record-batches", store)) {
            awaitCommitted("reset-sink", 0, 20);
            assertThat(expired(flow)).isEqualTo(5);
        }
        assertThat(store.calls("expired", partition)).isEqualTo(1);
        assertThat(store.published(partition))
                .isEqualTo(LongStream.range(8, 20).boxed().toList());
    }

    @Test
    void recordsThatExpireDuringBackoff_areReportedToTheSink() throws Exception {
        TopicPartition partition = topic("reset-behind", 20);
        FakeSink.Store store = new FakeSink.Store(5);
        store.plan((step, where, position) -> step.equals("append") && position == 7);
        try (Flow flow = start("reset-behind", "&kafkaClientFactory=#record-batches", store)) {
            await().until(() -> store.calls("abandon", partition) > 0);
            TopicProbe.delete(partition, 12);
            awaitCommitted("reset-behind", 0, 17);
            assertThat(expired(flow)).isEqualTo(7);
        }
        assertThat(store.published(partition))
                .isEqualTo(LongStream.concat(LongStream.range(0, 5), LongStream.range(12, 20))
                        .boxed()
                        .toList());
    }

    @Test
    void latest_offsetOfTheFirstStart_isKeptForTheNext() throws Exception {
        topic("reset-first", 20);
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        try (Flow flow = start("reset-first", "&autoOffsetReset=latest", recorder)) {
            awaitCommitted("reset-first", 0, 20);
        }
        Flow.produce("reset-first", 1, 20, 3);
        try (Flow flow = start("reset-first", "&autoOffsetReset=latest", recorder)) {
            awaitCommitted("reset-first", 0, 23);
        }
        assertThat(recorder.done()).hasSize(3);
    }

    @Test
    void none_withoutACommittedOffset_stopsTheConsumer_untilTheOffsetIsSet() throws Exception {
        TopicPartition partition = topic("reset-none", 5);
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        try (Flow flow = start("reset-none", "&autoOffsetReset=none&pollOnError=STOP", recorder)) {
            await().untilAsserted(
                            () -> assertThat(flow.control().threads().findMissing(flow.camel(), Duration.ofMinutes(1)))
                                    .get(STRING)
                                    .startsWith("route reset-none: 0 of 1 consumer threads are active; ")
                                    .contains("NoOffsetForPartitionException")
                                    .contains("reset-none-0"));
            assertThat(recorder.done()).isEmpty();

            flow.camel().getRouteController().stopRoute("reset-none");
            commit("reset-none", partition, 3);
            flow.camel().getRouteController().startRoute("reset-none");

            awaitCommitted("reset-none", 0, 5);
            assertThat(flow.control().threads().findMissing(flow.camel(), Duration.ofMinutes(1)))
                    .isEmpty();
        }
        assertThat(recorder.done()).isEqualTo(Flow.values(0, 5).subList(3, 5));
    }

    /** As after the topic was deleted and recreated. */
    @Test
    void sinkBeyondTheEndOfTheLog_waitsAndReportsIt_untilItHasAnotherOwner() throws Exception {
        TopicPartition partition = topic("reset-beyond", 5);
        commit("reset-beyond", partition, 9);
        FakeSink.Store store = new FakeSink.Store(2);
        try (Flow flow = start("reset-beyond", "&kafkaClientFactory=#record-batches", store)) {
            await().until(() -> flow.states().all().stream().anyMatch(PartitionStates.State::isFailing));
            PartitionStates.State state = flow.states().all().get(0);
            assertThat(state.failure())
                    .contains("All records before offset 9 were processed, but Kafka's log ends at 5");
            assertThat(store.published(partition)).isEmpty();

            Flow.produce("reset-beyond", 1, 5, 8);
        }
        try (Flow flow = start("reset-beyond", "&kafkaClientFactory=#record-batches", store)) {
            awaitCommitted("reset-beyond", 0, 13);
            await().until(() -> flow.states().all().stream().noneMatch(PartitionStates.State::isFailing));
        }
        assertThat(store.published(partition))
                .isEqualTo(LongStream.range(9, 13).boxed().toList());
    }

    /** As after the topic was recreated, and has at least as many records: Kafka's consumer reports no error. */
    @Test
    void topicWithAnotherId_isReadFromItsFirstRecord() throws Exception {
        topic("reset-recreated", 5);
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        try (Flow flow = start("reset-recreated", "", recorder)) {
            awaitCommitted("reset-recreated", 0, 5);
            await().untilAsserted(() -> {
                flow.states().identify(Map.of("reset-recreated", Uuid.randomUuid()), System.nanoTime());
                assertThat(recorder.done()).hasSizeGreaterThanOrEqualTo(10);
            });
        }
        assertThat(recorder.done().subList(5, 10)).isEqualTo(Flow.values(0, 5));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "by_duration:PT1H", ""})
    void invalidSetting_isRejected(String setting) {
        java.util.Properties properties = new java.util.Properties();
        properties.put("auto.offset.reset", setting);

        org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
                .isThrownBy(() -> OffsetReset.takeFrom(properties))
                .withMessage("Invalid value '" + setting + "' for autoOffsetReset: expected earliest, latest or none");
    }

    // ----

    private static double expired(Flow flow) {
        return flow.meters().find("wadi.expired.offsets").counters().stream()
                .mapToDouble(io.micrometer.core.instrument.Counter::count)
                .sum();
    }
}
