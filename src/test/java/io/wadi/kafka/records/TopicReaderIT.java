package io.wadi.kafka.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

final class TopicReaderIT {
    private static final Map<String, Object> CLIENT =
            Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers());
    private static final Map<String, Object> COMMITTED = Map.of(
            "bootstrap.servers", TestServers.shared().ports().kafkaBrokers(), "isolation.level", "read_committed");

    private static TopicReader reader() {
        return new TopicReader(COMMITTED, TopicReader.Fetch.DEFAULT);
    }

    private static void send(TopicPartition partition, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            KafkaProbe.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, new byte[] {1}));
        }
    }

    private static void abortTransaction(TopicPartition partition) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        TestServers.shared().ports().kafkaBrokers(),
                        "transactional.id",
                        partition.toString()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(partition.topic(), partition.partition(), null, new byte[] {2}))
                    .get();
            producer.abortTransaction();
        }
        // The marker is written after the producer's call returns.
        TopicProbe.awaitReadable(partition.topic());
    }

    private static List<String> read(Iterator<ConsumerRecord<byte[], byte[]>> records) {
        List<String> found = new ArrayList<>();
        records.forEachRemaining(each -> found.add(each.partition() + "@" + each.offset()));
        found.sort(null);
        return found;
    }

    @Test
    void ranges_endAtTheirOffsets_evenAtMarkersOrAbortedRecords() throws Exception {
        TopicPartition first = new TopicPartition("reader-ranges", 0);
        TopicPartition second = new TopicPartition("reader-ranges", 1);
        TopicProbe.create("reader-ranges", 2);
        send(first, 3);
        abortTransaction(first);
        send(second, 5);
        try (TopicReader reader = reader()) {
            assertThat(reader.partitions("reader-ranges")).containsExactly(first, second);
            assertThat(reader.partitions("reader-none")).isEmpty();
            assertThat(reader.ends(List.of(first, second))).isEqualTo(Map.of(first, 5L, second, 5L));
            assertThat(read(reader.records(Map.of(first, 1L, second, 2L), Map.of(first, 5L, second, 4L))))
                    .containsExactly("0@1", "0@2", "1@2", "1@3");
            assertThat(reader.positions().get(first)).isEqualTo(5);
            assertThat(read(reader.records(first, 3, 5))).isEmpty();
            assertThat(read(reader.records(first, 2, 2))).isEmpty();
            assertThat(reader.records(Map.of(), Map.of(first, 5L)).hasNext()).isFalse();
        }
    }

    @Test
    void firsts_returnsOneRecordPerPartition_orNoneBeforeTheEnd() throws Exception {
        TopicPartition some = new TopicPartition("reader-firsts", 0);
        TopicPartition aborted = new TopicPartition("reader-firsts", 1);
        TopicPartition later = new TopicPartition("reader-firsts", 2);
        TopicPartition empty = new TopicPartition("reader-firsts", 3);
        TopicProbe.create("reader-firsts", 4);
        send(some, 2);
        abortTransaction(aborted);
        abortTransaction(later);
        send(later, 1);
        try (TopicReader reader = reader()) {
            Map<TopicPartition, ConsumerRecord<byte[], byte[]>> found = reader.firsts(
                    Map.of(some, 1L, aborted, 0L, later, 0L),
                    Map.of(some, 2L, aborted, 2L, later, 2L),
                    Duration.ofMinutes(1));
            assertThat(found).containsOnlyKeys(some, aborted, later);
            assertThat(found.get(some).offset()).isEqualTo(1);
            assertThat(found.get(aborted)).isNull();
            assertThat(found.get(later)).as("at its end").isNull();
            assertThat(reader.firsts(Map.of(empty, 0L), Map.of(empty, 1L), Duration.ofSeconds(1)))
                    .as("not in time")
                    .isEmpty();
            assertThat(read(reader.records(some, 0, 2))).as("no longer paused").containsExactly("0@0", "0@1");
        }
    }

    @Test
    void deletedRecords_areSkipped_orFailACompleteRead() throws Exception {
        TopicPartition partition = new TopicPartition("reader-deleted", 0);
        TopicProbe.create("reader-deleted", 1);
        send(partition, 4);
        TopicProbe.delete(partition, 2);
        try (TopicReader reader = reader();
                TopicReader complete = TopicReader.complete(COMMITTED)) {
            assertThat(reader.begin(partition)).isEqualTo(2);
            assertThat(read(reader.records(partition, 0, 4))).containsExactly("0@2", "0@3");
            assertThatExceptionOfType(OffsetOutOfRangeException.class)
                    .isThrownBy(() -> read(complete.records(partition, 0, 4)))
                    .withMessageContaining("reader-deleted-0")
                    .withMessageContaining("offset=0");
        }
    }

    @Test
    @Nightly(because = "waits ten seconds until a consumer notices that its topic was deleted")
    void following_continuesWithNewRecords_untilTheTopicIsDeleted() throws Exception {
        TopicPartition partition = new TopicPartition("reader-follow", 0);
        TopicProbe.create("reader-follow", 1);
        send(partition, 1);
        try (TopicReader reader = reader()) {
            Iterator<ConsumerRecord<byte[], byte[]>> records = reader.follow(Map.of(partition, 0L));
            assertThat(records.next().offset()).isZero();
            send(partition, 1);
            assertThat(records.next().offset()).isEqualTo(1);
            try (Admin admin = Admin.create(CLIENT)) {
                admin.deleteTopics(List.of("reader-follow")).all().get();
            }
            assertThatExceptionOfType(KafkaException.class)
                    .isThrownBy(records::hasNext)
                    .withMessage("Topic reader-follow was deleted");
        }
    }
}
