package io.wadi.kafka.consumer;

import static io.wadi.kafka.Flow.awaitCommitted;
import static io.wadi.kafka.Flow.topic;
import static io.wadi.testing.GroupProbe.commit;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.Flow;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.Records;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.testing.TopicProbe;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Delivery of record batches, with and without a sink. */
@Execution(ExecutionMode.CONCURRENT)
class RecordBatchDeliveryIT {
    @Test
    void failedBatch_isRedeliveredFromItsFirstRecord() throws Exception {
        TopicProbe.create("runs", 2);
        Flow.produce("runs", 2, 0, 20);
        List<RecordBatch> failed = new CopyOnWriteArrayList<>();
        List<RecordBatch> done = new CopyOnWriteArrayList<>();
        Processor fails = exchange -> {
            RecordBatch batch = exchange.getMessage().getBody(RecordBatch.class);
            if (batch.partition().partition() == 0 && batch.firstOffset() >= 5 && failed.size() < 3) {
                failed.add(batch);
                throw new IllegalStateException("planned");
            }
            done.add(batch);
        };
        try (Flow flow = start("runs", "&maxPollRecords=5", fails)) {
            awaitCommitted("runs", 0, 20);
            awaitCommitted("runs", 1, 20);
        }
        assertThat(failed).extracting(RecordBatch::firstOffset).containsOnly(5L).hasSize(3);
        assertThat(offsets(done, 0)).isEqualTo(range(0, 20));
        assertThat(offsets(done, 1)).isEqualTo(range(0, 20));
    }

    /**
     * The values of a compressed batch have their own arrays; those of an uncompressed batch share the fetched array.
     */
    @ParameterizedTest
    @ValueSource(strings = {"uncompressed", "lz4"})
    void values_areDeliveredAsSent(String compression) throws Exception {
        String topic = "runs-" + compression;
        TopicProbe.create(topic, 1, Map.of("compression.type", compression));
        Flow.produce(topic, 1, 0, 50);
        List<ByteBuffer> values = new CopyOnWriteArrayList<>();
        Processor keep = exchange -> exchange.getMessage().getBody(RecordBatch.class).records().stream()
                .map(ConsumerRecord::value)
                .forEach(values::add);
        try (Flow flow = start(topic, "", keep)) {
            awaitCommitted(topic, 0, 50);
        }
        assertThat(values)
                .allMatch(ByteBuffer::hasArray)
                .extracting(value -> new String(Records.bytes(value), UTF_8))
                .isEqualTo(Flow.values(0, 50));
    }

    private static List<Long> offsets(List<RecordBatch> batches, int partition) {
        return batches.stream()
                .filter(batch -> batch.partition().partition() == partition)
                .flatMap(batch -> batch.records().stream())
                .map(ConsumerRecord::offset)
                .toList();
    }

    @Test
    void sink_decidesTheCommittedOffset() throws Exception {
        FakeSink.Store store = new FakeSink.Store(7);
        TopicPartition partition = topic("sink-commits", 20);
        try (Flow flow = start("sink-commits", "&maxPollRecords=5", store)) {
            awaitCommitted("sink-commits", 0, 14);
            await().until(() -> store.calls("append", partition) >= 20);
            assertThat(store.calls("append", partition)).isEqualTo(20);
            long ticks = store.calls("tick", partition);
            await().until(() -> store.calls("tick", partition) > ticks + 3);
            assertThat(Flow.committed("sink-commits", "sink-commits", 0)).isEqualTo(14);

            store.publishOnTick(true);
            awaitCommitted("sink-commits", 0, 20);
        }
        assertThat(store.published(partition)).isEqualTo(range(0, 20));
        assertThat(store.calls("finish", partition)).isEqualTo(1);
        assertThat(store.calls("abandon", partition)).isZero();
    }

    @Test
    void sinkAheadOfTheCommittedOffset_resumesAtItsPosition() throws Exception {
        FakeSink.Store store = new FakeSink.Store(5);
        TopicPartition partition = topic("sink-ahead", 20);
        store.publish(partition, 0, 12);
        commit("sink-ahead", partition, 3);
        try (Flow flow = start("sink-ahead", "&maxPollRecords=2", store)) {
            await().until(() -> store.published(partition).size() >= 18);
            assertThat(store.published(partition)).hasSize(18);
            awaitCommitted("sink-ahead", 0, 18);
        }
        assertThat(store.published(partition)).isEqualTo(range(0, 20));
        awaitCommitted("sink-ahead", 0, 20);
    }

    @Test
    void sinkBehindTheCommittedOffset_resumesAtTheCommittedOffset() throws Exception {
        FakeSink.Store store = new FakeSink.Store(5);
        TopicPartition partition = topic("sink-behind", 20);
        commit("sink-behind", partition, 8);
        try (Flow flow = start("sink-behind", "", store)) {
            awaitCommitted("sink-behind", 0, 18);
        }
        assertThat(store.published(partition)).isEqualTo(range(8, 20));
    }

    @Test
    void sinkBehindTheCommittedOffset_doesNotLowerIt() throws Exception {
        FakeSink.Store store = new FakeSink.Store(15);
        TopicPartition partition = topic("sink-moved", 20);
        store.publish(partition, 0, 3);
        commit("sink-moved", partition, 8);
        AtomicBoolean failed = new AtomicBoolean();
        store.plan((name, where, position) ->
                name.equals("tick") && store.calls("tick", partition) == 3 && failed.compareAndSet(false, true));
        try (Flow flow = start("sink-moved", "", store)) {
            await().until(() -> store.calls("tick", partition) > 6);
            assertThat(Flow.committed("sink-moved", "sink-moved", 0)).isEqualTo(8);
        }
        assertThat(failed).isTrue();
        assertThat(store.published(partition))
                .isEqualTo(Stream.concat(range(0, 4).stream(), range(8, 20).stream())
                        .toList());
        assertThat(Flow.committed("sink-moved", "sink-moved", 0)).isEqualTo(20);
    }

    @Test
    void failedSink_isAbandoned_andReadingResumesAtItsPublishedOffset() throws Exception {
        for (String step : List.of("open", "append", "publish", "tick")) {
            String topic = "sink-fails-" + step;
            FakeSink.Store store = new FakeSink.Store(6);
            TopicPartition partition = topic(topic, 20);
            AtomicInteger failures = new AtomicInteger();
            AtomicLong reached = new AtomicLong();
            store.plan((name, where, position) -> {
                reached.accumulateAndGet(position, Math::max);
                boolean due = name.equals("open") || position >= 8;
                return name.equals(step) && due && failures.getAndIncrement() < 2;
            });
            try (Flow flow = start(topic, "&maxPollRecords=4", store)) {
                // When offset 18 is committed, the last records may not have been delivered yet.
                await().until(() -> reached.get() == 20);
            }
            assertThat(store.published(partition)).as(step).isEqualTo(range(0, 20));
            assertThat(store.calls("abandon", partition)).as(step).isEqualTo(step.equals("open") ? 0 : 2);
            assertThat(Flow.committed(topic, topic, 0)).isEqualTo(20);
        }
    }

    @Test
    void sinkThatCannotFinish_isAbandoned_andItsPublishedOffsetStaysCommitted() throws Exception {
        FakeSink.Store store = new FakeSink.Store(6);
        TopicPartition partition = topic("sink-unfinished", 20);
        store.plan((name, where, position) -> name.equals("finish"));
        try (Flow flow = start("sink-unfinished", "", store)) {
            await().until(() -> store.calls("append", partition) >= 20);
            assertThat(store.calls("append", partition)).isEqualTo(20);
        }
        assertThat(store.calls("abandon", partition)).isEqualTo(1);
        assertThat(Flow.committed("sink-unfinished", "sink-unfinished", 0)).isEqualTo(18);

        store.plan((name, where, position) -> false);
        try (Flow flow = start("sink-unfinished", "", store)) {
            await().until(() -> store.calls("append", partition) >= 22);
            assertThat(store.calls("append", partition)).isEqualTo(22);
        }
        assertThat(store.published(partition)).isEqualTo(range(0, 20));
    }

    @Test
    void abortedRecords_areNotDelivered_andTheirOffsetsAreCommitted() throws Exception {
        FakeSink.Store store = new FakeSink.Store(4);
        TopicPartition partition = topic("sink-transactions", 2);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", Flow.brokers(), "transactional.id", "sink-transactions"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            for (boolean commits : List.of(true, false, true)) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("sink-transactions", 0, null, new byte[] {1}));
                producer.flush();
                if (commits) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
        // Offsets: 0 and 1; 2 and its marker; 4, which is aborted, and its marker; 6 and its marker.
        try (Flow flow = start("sink-transactions", "", store)) {
            awaitCommitted("sink-transactions", 0, 7);
        }
        assertThat(store.published(partition)).containsExactly(0L, 1L, 2L, 6L);
    }

    /** The sink must not publish past a dead letter that is not acknowledged. */
    @Test
    void sinkThatSends_continuesOnlyAfterTheAcknowledgment() throws Exception {
        FakeSink.Store store = new FakeSink.Store(1);
        TopicPartition partition = topic("sink-sends", 0);
        TopicProbe.create("sink-sends-out", 1, Map.of("max.message.bytes", "20000"));
        try (Flow flow = Flow.start("sink-sends-out", new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("kafka:sink-sends?groupId=sink-sends&kafkaClientFactory=#record-batches")
                        .routeId("sink-sends")
                        .process(store);
            }
        })) {
            DeadLetterSender deadLetters =
                    flow.camel().getRegistry().lookupByNameAndType("dead-letters", DeadLetterSender.class);
            AtomicInteger sent = new AtomicInteger();
            store.plan((name, where, position) -> {
                if (name.equals("append") && position == 1 && sent.getAndIncrement() < 2) {
                    byte[] value = new byte[40_000];
                    new java.util.Random(1).nextBytes(value);
                    deadLetters.send(
                            new ConsumerRecord<>("sink-sends", 0, 1, new byte[0], value),
                            "sink-sends",
                            new IllegalArgumentException("too large for the dead letters too"));
                }
                return false;
            });
            // The plan needs the started flow, and must be in place before the first record.
            Flow.produce("sink-sends", 1, 0, 3);
            awaitCommitted("sink-sends", 0, 3);
            assertThat(sent).hasValue(3);
        }
        assertThat(store.published(partition)).isEqualTo(range(0, 3));
        assertThat(store.calls("abandon", partition)).isEqualTo(2);
    }

    // ----

    private static Flow start(String topic, String settings, Processor step) throws Exception {
        return Flow.start(topic, "&kafkaClientFactory=#record-batches" + settings, step);
    }

    private static List<Long> range(long first, long end) {
        return LongStream.range(first, end).boxed().toList();
    }
}
