package io.wadi.indexing;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The end of partitions that share one request slot: each finishes although requests of others are queued before it.
 */
final class PartitionIndexerEndTest {
    private static final int RECORDS = 40;
    private static final Duration WITHIN = Duration.ofMinutes(2);

    @AutoClose("shutdownNow")
    private final ExecutorService elasticsearch = Executors.newSingleThreadExecutor();

    private final RequestSlots slots = new RequestSlots(1);
    private final Map<TopicPartition, Long> committed = new HashMap<>();

    @Test
    void partitions_finishInTurn_aheadOfTheRequestQueue() {
        List<PartitionIndexer> indexers =
                LongStream.range(0, 3).mapToObj(number -> open((int) number)).toList();

        indexers.forEach(PartitionIndexer::finish);

        assertThat(committed.values()).hasSize(3).containsOnly((long) RECORDS);
    }

    /** The clock stands still while a partition is finished: the limit has passed since all began to finish. */
    @Test
    @Timeout(60)
    void partitions_shareTheTimeLimit() {
        AtomicLong clock = new AtomicLong();
        List<Runnable> responses = new ArrayList<>();
        List<PartitionIndexer> indexers = LongStream.range(0, 3)
                .mapToObj(number -> open(
                        (int) number,
                        new BulkSender.Outlet(
                                new RequestSlots(3),
                                (bulk, handler) -> responses.add(() -> handler.accept(created(bulk))),
                                () -> null,
                                RECORDS,
                                1 << 20,
                                WITHIN,
                                clock::get)))
                .toList();

        indexers.forEach(PartitionIndexer::beginFinish);
        clock.addAndGet(WITHIN.toNanos());
        responses.get(2).run();
        indexers.forEach(PartitionIndexer::finish);

        assertThat(committed)
                .as("the partition with a response")
                .containsExactly(Map.entry(new TopicPartition("events", 2), (long) RECORDS));
    }

    /** The marker of a transaction after the last record, before its document is indexed. */
    @Test
    void offsetsWithoutRecords_afterDocumentsInProgress_areCommittedByTheStop() {
        PartitionIndexer indexer = open(0);

        indexer.nothingBefore(RECORDS + 1);
        assertThat(indexer.safe()).isZero();
        indexer.finish();

        assertThat(committed).containsExactly(Map.entry(new TopicPartition("events", 0), RECORDS + 1L));
    }

    private PartitionIndexer open(int number) {
        return open(number, new BulkSender.Outlet(slots, this::send, () -> null, 4, 1000, WITHIN, System::nanoTime));
    }

    private PartitionIndexer open(int number, BulkSender.Outlet outlet) {
        TopicPartition partition = new TopicPartition("events", number);
        List<ConsumerRecord<byte[], ByteBuffer>> records = LongStream.range(0, RECORDS)
                .mapToObj(offset -> Records.record(partition, offset, "{\"n\":" + offset + "}"))
                .toList();
        RecordBatch batch = RecordBatches.of(records, 0, new Group(partition));
        PartitionIndexer indexer = PartitionIndexer.open(batch, indexing(outlet));
        indexer.append(batch);
        return indexer;
    }

    private static IndexingConfiguration indexing(BulkSender.Outlet outlet) {
        return new IndexingConfiguration(
                "indexing",
                new DocumentFactory(IndexName.of("index"), new EventTime(""), false, new KeyField("")),
                outlet,
                topic -> new Ready(),
                new DeadLetterSender("dead", Producers::inMemory));
    }

    private void send(DocumentBatch bulk, Consumer<BulkResult> handler) {
        elasticsearch.execute(() -> handler.accept(created(bulk)));
    }

    private static BulkResult created(DocumentBatch bulk) {
        return BulkResult.of(
                bulk,
                bulk.documents().stream()
                        .map(document -> BulkResponseItem.of(item -> item.operationType(OperationType.Create)
                                .index("index")
                                .id("id")
                                .status(201)))
                        .toList());
    }

    private final class Group extends LoneGroup {
        private final TopicPartition partition;

        Group(TopicPartition partition) {
            this.partition = partition;
        }

        @Override
        public Committed read() {
            return Committed.NONE;
        }

        @Override
        public boolean commit(Committed wanted) {
            committed.put(partition, wanted.offset());
            return true;
        }

        @Override
        public void commit(Committed wanted, List<ProducerRecord<Object, Object>> sent) {
            commit(wanted);
        }
    }
}
