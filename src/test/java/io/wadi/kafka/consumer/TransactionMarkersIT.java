package io.wadi.kafka.consumer;

import static io.wadi.kafka.Flow.awaitCommitted;
import static io.wadi.kafka.Flow.committed;
import static io.wadi.kafka.Flow.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.Recorder;
import io.wadi.kafka.client.GroupProtocol;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Committed offsets of topics that are written in transactions: a group that has read everything has no lag. */
@Execution(ExecutionMode.CONCURRENT)
class TransactionMarkersIT {
    private static final String READ_COMMITTED = "&isolationLevel=read_committed";
    private static final String MANUAL = READ_COMMITTED + "&autoCommitEnable=false&allowManualCommit=true";

    /** Creates a topic with the offsets 0, 1 and their marker, and 3, which is aborted, and its marker. */
    private static TopicPartition topic(String name) throws Exception {
        TopicProbe.create(name, 1);
        KafkaProbe.sendInTransaction(name, true, "first", "second");
        KafkaProbe.sendInTransaction(name, false, "aborted");
        return new TopicPartition(name, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "records, CLASSIC, ''",
        "batches, CLASSIC, &kafkaClientFactory=#record-batches",
        "exactly-once, CLASSIC, &additionalProperties.wadi.transactional=true",
        "kip-848, CONSUMER, ''"
    })
    void markersAndAbortedRecordsAtTheEnd_areCommittedPast(String kind, GroupProtocol protocol, String settings)
            throws Exception {
        TopicPartition partition = topic("markers-" + kind);
        Queue<Long> processed = new ConcurrentLinkedQueue<>();
        try (Flow flow = start(
                partition.topic(),
                protocol,
                READ_COMMITTED + settings,
                exchange -> processed.addAll(offsets(exchange)))) {
            awaitCommitted(partition.topic(), 0, 5);

            KafkaProbe.sendInTransaction(partition.topic(), true, "third");
            awaitCommitted(partition.topic(), 0, TopicProbe.end(partition));

            KafkaProbe.sendInTransaction(partition.topic(), false, "aborted");
            awaitCommitted(partition.topic(), 0, TopicProbe.end(partition));
        }
        assertThat(processed).containsExactly(0L, 1L, 5L);
    }

    private static List<Long> offsets(Exchange exchange) {
        return exchange.getMessage().getBody() instanceof RecordBatch batch
                ? batch.records().stream().map(ConsumerRecord::offset).toList()
                : List.of(offset(exchange));
    }

    /** Otherwise retention deletes the markers of an idle partition as if records had expired. */
    @ParameterizedTest
    @EnumSource(GroupProtocol.class)
    void markersAtTheEnd_arePassedToASink_thatStopsWithinASecond(GroupProtocol protocol) throws Exception {
        TopicPartition partition = topic("markers-stop-" + protocol);
        IdleSink sink = new IdleSink();
        sink.follows = true;
        AtomicInteger ticksAtLastRecord = new AtomicInteger(Integer.MAX_VALUE - 2);
        try (Flow flow =
                start(partition.topic(), protocol, READ_COMMITTED + "&kafkaClientFactory=#record-batches", exchange -> {
                    RecordBatch batch = exchange.getMessage().getBody(RecordBatch.class);
                    batch.sink(IdleSink.class, first -> sink);
                    sink.position = batch.lastOffset() + 1;
                    ticksAtLastRecord.set(sink.position == 2 ? sink.ticks.get() : Integer.MAX_VALUE - 2);
                })) {
            // The second tick follows a poll that has passed the markers.
            await().until(() -> sink.ticks.get() >= ticksAtLastRecord.get() + 2);
        }
        assertThat(sink.gap).isEqualTo(5);
    }

    @Test
    void abortedRecordsAfterARestart_areCommittedPast_beforeAnyDelivery() throws Exception {
        TopicPartition partition = topic("markers-restart");
        GroupProbe.commit(partition.topic(), partition, 2);
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        try (Flow flow = start(partition.topic(), READ_COMMITTED, recorder)) {
            awaitCommitted(partition.topic(), 0, 5);
        }
        assertThat(recorder.done()).isEmpty();
    }

    @Test
    void failingRecord_isNotCommittedPast() throws Exception {
        TopicPartition partition = topic("markers-failing");
        Recorder recorder = new Recorder((given, number) -> given.offset() == 1);
        try (Flow flow = start(partition.topic(), READ_COMMITTED, recorder)) {
            // Four attempts take longer than the interval of commits that cover no records.
            await().until(() -> recorder.tries(0, 1).size() > 4);
            assertThat(committed(partition.topic(), partition.topic(), 0)).isEqualTo(1);
        }
    }

    @Test
    void manualCommit_offsetPassesMarkersOnlyAfterTheLastRecordIsCommitted() throws Exception {
        TopicPartition partition = topic("markers-manual");
        Recorder recorder = new Recorder(Recorder.Plan.NO_FAILURES);
        try (Flow flow = start(partition.topic(), MANUAL, TransactionMarkersIT::commitFirst, recorder)) {
            await().until(() -> recorder.done().size() >= 2);
            assertThat(recorder.done()).hasSize(2);
            awaitCommitted(partition.topic(), 0, 1);
        }
        assertThat(committed(partition.topic(), partition.topic(), 0)).isEqualTo(1);

        try (Flow flow =
                start(partition.topic(), MANUAL, exchange -> manual(exchange).commit())) {
            awaitCommitted(partition.topic(), 0, 5);
        }
    }

    private static void commitFirst(Exchange exchange) {
        if (offset(exchange) == 0) {
            manual(exchange).commit();
        }
    }

    private static long offset(Exchange exchange) {
        return exchange.getMessage().getHeader(KafkaConstants.OFFSET, Long.class);
    }

    private static KafkaManualCommit manual(Exchange exchange) {
        return exchange.getMessage().getHeader(KafkaConstants.MANUAL_COMMIT, KafkaManualCommit.class);
    }
}
