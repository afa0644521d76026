package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import co.elastic.clients.elasticsearch.core.bulk.BulkResponseItem;
import co.elastic.clients.elasticsearch.core.bulk.OperationType;
import io.wadi.indexing.bulk.BulkResult;
import io.wadi.indexing.bulk.BulkSender;
import io.wadi.indexing.bulk.DocumentBatch;
import io.wadi.indexing.bulk.RequestSlots;
import io.wadi.indexing.document.DocumentFactory;
import io.wadi.indexing.document.EventTime;
import io.wadi.indexing.document.IndexName;
import io.wadi.indexing.document.KeyField;
import io.wadi.kafka.LoneGroup;
import io.wadi.kafka.Producers;
import io.wadi.kafka.RecordBatch;
import io.wadi.kafka.RecordBatches;
import io.wadi.kafka.Records;
import io.wadi.kafka.deadletter.DeadLetterSender;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/**
 * The memory limit of a partition while Elasticsearch does not respond: all parts of records and dead letters count.
 */
final class PartitionIndexerBackpressureTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 0);
    private static final int MIB = 1 << 20;
    private static final int MOST_MIB = 5;
    private static final int BATCHES = 20;

    /** Requests without a response. */
    private final List<Runnable> unanswered = new ArrayList<>();

    private final Group group = new Group();
    private PartitionIndexer indexer;

    @Test
    void keysAndHeadersOfWaitingDocuments_count() {
        assertThat(appendUntilFull(offset -> append(record(offset, new byte[MIB], "{}"))))
                .as("batches with large keys")
                .isLessThan(2 * MOST_MIB);

        indexer = null;
        assertThat(appendUntilFull(offset -> {
                    ConsumerRecord<byte[], ByteBuffer> record = record(offset, null, "{}");
                    record.headers().add("large", new byte[MIB]);
                    append(record);
                }))
                .as("batches with large headers")
                .isLessThan(2 * MOST_MIB);
    }

    @Test
    void deadLettersThatWaitForACommit_count_untilTheyAreCommitted() {
        append(record(0, null, "{}"));
        assertThat(appendUntilFull(offset -> append(record(offset + 1, null, "x".repeat(MIB)))))
                .isLessThan(2 * MOST_MIB);

        unanswered.forEach(Runnable::run);
        indexer.tick();

        assertThat(group.deadLetters).isNotZero();
        assertThat(indexer.appliesBackpressure()).isFalse();
    }

    private int appendUntilFull(IntConsumer append) {
        int appended = 0;
        while (appended < BATCHES && (indexer == null || !indexer.appliesBackpressure())) {
            append.accept(appended);
            appended++;
        }
        return appended;
    }

    private void append(ConsumerRecord<byte[], ByteBuffer> record) {
        RecordBatch batch = RecordBatches.of(List.of(record), record.offset(), group);
        if (indexer == null) {
            indexer = PartitionIndexer.open(batch, indexing());
        }
        indexer.append(batch);
    }

    private static ConsumerRecord<byte[], ByteBuffer> record(long offset, byte[] key, String value) {
        return new ConsumerRecord<>(
                PARTITION.topic(), PARTITION.partition(), offset, key, Records.value(value.getBytes(UTF_8)));
    }

    private IndexingConfiguration indexing() {
        return new IndexingConfiguration(
                "indexing",
                new DocumentFactory(IndexName.of("index"), new EventTime(""), false, new KeyField("")),
                new BulkSender.Outlet(
                        new RequestSlots(1),
                        this::send,
                        () -> null,
                        2000,
                        (long) MOST_MIB * MIB,
                        Duration.ofSeconds(2),
                        System::nanoTime),
                topic -> new Ready(),
                new DeadLetterSender("dead", Producers::inMemory));
    }

    private void send(DocumentBatch bulk, Consumer<BulkResult> handler) {
        unanswered.add(() -> handler.accept(BulkResult.of(
                bulk,
                bulk.documents().stream()
                        .map(document -> BulkResponseItem.of(item -> item.operationType(OperationType.Create)
                                .index("index")
                                .id(document.id())
                                .status(201)))
                        .toList())));
    }

    private static final class Group extends LoneGroup {
        private int deadLetters;

        @Override
        public Committed read() {
            return Committed.NONE;
        }

        @Override
        public boolean commit(Committed wanted) {
            return true;
        }

        @Override
        public void commit(Committed wanted, List<ProducerRecord<Object, Object>> sent) {
            deadLetters += sent.size();
        }
    }
}
