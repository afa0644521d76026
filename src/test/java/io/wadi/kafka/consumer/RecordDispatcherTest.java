package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.Handover;
import io.wadi.kafka.Producers;
import io.wadi.kafka.Records;
import io.wadi.kafka.RouteControl;
import io.wadi.kafka.partitions.PartitionMeters;
import io.wadi.runtime.telemetry.ExposedRegistry;
import io.wadi.runtime.telemetry.PipelineMetrics;
import io.wadi.runtime.telemetry.Traces;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Which polled records are delivered, and which completions count. */
final class RecordDispatcherTest {
    private static final TopicPartition ONE = new TopicPartition("events", 1);
    private static final TopicPartition OTHER = new TopicPartition("events", 2);

    /** The offset of the last seek of each partition. */
    private final Map<TopicPartition, Long> seeks = new HashMap<>();

    private final List<Duration> pollTimeouts = new ArrayList<>();

    private final ConsumerContext parts = ConsumerContexts.of(
            (proxy, method, given) -> switch (method.getName()) {
                case "reallySeek" -> seeks.put((TopicPartition) given[0], (Long) given[1]);
                case "assignment" -> Set.of();
                case "reallyPoll" -> {
                    pollTimeouts.add((Duration) given[0]);
                    yield ConsumerRecords.empty();
                }
                default -> throw new UnsupportedOperationException(method.getName());
            },
            ConsumerContexts.config(
                    Handover.RECORDS,
                    OffsetReset.EARLIEST,
                    new SimpleMeterRegistry(),
                    id -> Producers.inMemory(),
                    true),
            Duration.ofMinutes(1),
            () -> 0);

    @Test
    void poll_withoutAFailure_isDelivered() {
        delivered(ONE, 5, 9);

        assertThat(parts.dispatcher().dispatch(polled(ONE, 10, 14)).records(ONE))
                .hasSize(5);
        assertThat(parts.owned().of(ONE).delivered()).isEqualTo(15);
        assertThat(seeks).isEmpty();
    }

    @Test
    void failedPartition_stopsDeliveryOfAllPartitions_andRecordsAreFetchedAgain() {
        delivered(ONE, 5, 9);
        delivered(OTHER, 5, 9);
        parts.owned().of(OTHER).isolate(10, 15);
        parts.owned().of(ONE).takeBack(new IOException("not acknowledged"));

        assertThat(parts.dispatcher().dispatch(polled(ONE, 10, 14)).isEmpty()).isTrue();
        assertThat(parts.dispatcher().dispatch(polled(OTHER, 10, 14)).isEmpty()).isTrue();
        assertThat(parts.owned().of(ONE).rewind(0)).isEqualTo(5);
        assertThat(parts.owned().of(OTHER).delivered()).isEqualTo(10);
        assertThat(seeks).containsOnly(Map.entry(ONE, 10L), Map.entry(OTHER, 10L));
    }

    @Test
    void rewoundPartition_isFetchedAgainFromItsOffset() {
        delivered(ONE, 5, 9);
        parts.owned().of(ONE).undo();

        assertThat(parts.dispatcher().dispatch(polled(ONE, 10, 14)).isEmpty()).isTrue();
        assertThat(seeks).containsOnly(Map.entry(ONE, 5L));
    }

    @Test
    void isolatedRecord_isFetchedAgain_onceTheOpenTransactionIsCommitted() {
        ConsumerRecord<Object, Object> begun = beginFirst(polled(OTHER, 5, 5), OTHER);
        parts.inFlight().send(new ProducerRecord<>("out", new byte[0]), null, (sent, callback) -> {
            throw new UnsupportedOperationException();
        });
        parts.inFlight().completed(begun, null);
        parts.owned().of(ONE).isolate(10, 11);
        assertThat(parts.sends().timeToCommit(Duration.ofMillis(1))).isPositive();

        assertThat(parts.dispatcher().dispatch(polled(ONE, 10, 14)).isEmpty()).isTrue();

        assertThat(seeks).containsOnly(Map.entry(ONE, 10L));
        assertThat(parts.sends().timeToCommit(Duration.ofMillis(1)))
                .as("the commit is due")
                .isZero();
    }

    @Test
    void deliveredRecords_areCounted() {
        PipelineMetrics metrics = PipelineMetrics.withLimit(1, Clock.systemUTC(), Traces.off());
        PartitionMeters meters = new PartitionMeters(metrics, "route", "group");
        meters.assigned(ONE);
        RecordDispatcher counting = new RecordDispatcher(
                parts.client(),
                parts.owned(),
                parts.inFlight(),
                parts.sends(),
                new RecordBatching(Handover.RECORDS, parts.sinks()::operations),
                meters);

        counting.dispatch(polled(ONE, 10, 14));

        assertThat(new ExposedRegistry(metrics).scrape("text/plain"))
                .containsPattern("wadi_consumed_records_total\\{.*partition=\"1\".*} 5\n");
    }

    /** As after a stop without a connection to Kafka, while an exchange is still running on another thread. */
    @Test
    void exchangeThatCompletesAfterItsPartitionWasLost_hasNoEffect() {
        ConsumerRecord<Object, Object> begun = beginFirst(polled(ONE, 10, 14), ONE);
        parts.owned().drop(ONE);

        parts.inFlight().completed(begun, null);

        assertThat(parts.owned().all()).isEmpty();
    }

    @Test
    void exchangeThatCompletesAfterItsConsumerWasClosed_hasNoEffect() {
        ConsumerRecord<Object, Object> begun = beginFirst(polled(ONE, 10, 14), ONE);

        parts.inFlight().unbindThread();

        assertThat(parts.inFlight().current()).isNull();
        parts.inFlight().completed(begun, null);
        assertThat(parts.owned().of(ONE).uncompleted()).isZero();
    }

    private ConsumerRecord<Object, Object> beginFirst(
            ConsumerRecords<Object, Object> polled, TopicPartition partition) {
        ConsumerRecord<Object, Object> first = parts.dispatcher()
                .dispatch(polled)
                .records(partition)
                .iterator()
                .next();
        assertThat(parts.inFlight().begin()).isSameAs(first);
        return first;
    }

    /** Otherwise limits of age would not be applied on time, and liveness would report an idle consumer. */
    @Test
    void idlePoll_lastsForASecondAtMost() {
        PollLoop loop = new PollLoop("route", new RouteControl(), parts, System::nanoTime);

        loop.poll(Duration.ofMinutes(15));
        loop.poll(Duration.ofMillis(100));

        assertThat(pollTimeouts).containsExactly(Duration.ofSeconds(1), Duration.ofMillis(100));
    }

    /** Marks records as delivered in an earlier poll and complete. */
    private void delivered(TopicPartition partition, long first, long last) {
        parts.owned().of(partition).fetched(first, last, last + 1);
        parts.owned().of(partition).done(last);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static ConsumerRecords<Object, Object> polled(TopicPartition partition, long first, long last) {
        List<ConsumerRecord<Object, Object>> records = LongStream.rangeClosed(first, last)
                .mapToObj(offset ->
                        (ConsumerRecord<Object, Object>) (ConsumerRecord) Records.record(partition, offset, "x"))
                .toList();
        return new ConsumerRecords<>(Map.of(partition, records), Map.of(partition, new OffsetAndMetadata(last + 1)));
    }
}
