package io.wadi.ingest.receipts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.kafka.records.OffsetReader;
import io.wadi.kafka.records.TopicReader;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import javax.management.ObjectName;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Lookup of records on real Kafka. */
class RecordLookupIT {
    private static final Duration MAX_WAIT = Duration.ofMinutes(2);
    private static final int VALUE_BYTES = 10_000;
    private static final int FETCH_BYTES = 20_000;

    private static RecordLookup lookup(String client) {
        return new RecordLookup(() -> new OffsetReader(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers(), "client.id", client),
                new TopicReader.Fetch(Map.of("max.partition.fetch.bytes", FETCH_BYTES)),
                RecordLookup.MAX_SKIPPED));
    }

    private static void write(String topic, int records, int bytes) throws ExecutionException, InterruptedException {
        TopicProbe.create(topic, 1);
        for (int i = 0; i < records; i++) {
            KafkaProbe.send(new ProducerRecord<>(topic, 0, null, new byte[bytes]));
        }
    }

    private static Receipt receipt(String topic, long offset) {
        return new Receipt(new TopicPartition(topic, 0), offset);
    }

    @Test
    @Nightly(
            perChange = {
                "RecordLookupIT#deletedRecords_areNotFound_andThoseNotReadInTimeRemain",
                "ReceiptsIT#severalReceipts_areAnsweredInOrder"
            })
    void distantReceipts_areReadWithoutTheRecordsBetweenThem() throws Exception {
        String topic = "record-lookup-sparse";
        write(topic, 1001, VALUE_BYTES);
        List<Receipt> sparse = LongStream.rangeClosed(0, 10)
                .mapToObj(step -> receipt(topic, step * 100))
                .toList();
        List<Long> read = new ArrayList<>();
        try (RecordLookup lookup = lookup(topic)) {
            assertThat(lookup.read(sparse, MAX_WAIT, each -> read.add(each.offset())))
                    .isEmpty();

            assertThat(read)
                    .containsExactlyElementsOf(
                            sparse.stream().map(Receipt::offset).toList());
            // Each lookup takes at most one fetch, and another one that was in flight.
            assertThat(metric(topic, "bytes-consumed-total"))
                    .isLessThan(2.0 * sparse.size() * (FETCH_BYTES + VALUE_BYTES));
        }
    }

    @Test
    void receiptsOfACommit_areReadInFewFetches() throws Exception {
        String topic = "record-lookup-dense";
        int records = 100;
        write(topic, records, 100);
        List<Receipt> receipts = LongStream.range(0, records)
                .filter(offset -> offset % 5 > 0)
                .mapToObj(offset -> receipt(topic, offset))
                .toList();
        List<Long> read = new ArrayList<>();
        try (RecordLookup lookup = lookup(topic)) {
            assertThat(lookup.read(receipts, MAX_WAIT, each -> read.add(each.offset())))
                    .isEmpty();

            assertThat(read)
                    .containsExactlyElementsOf(
                            receipts.stream().map(Receipt::offset).toList());
            // The records are in one fetch; another one may be in flight.
            assertThat(metric(topic, "fetch-total")).isLessThanOrEqualTo(2);
        }
    }

    private static double metric(String client, String name) throws Exception {
        return (double) ManagementFactory.getPlatformMBeanServer()
                .getAttribute(
                        new ObjectName("kafka.consumer:type=consumer-fetch-manager-metrics,client-id=" + client), name);
    }

    @Test
    void partitionsThatWereReadBefore_areNotReadAgain() throws Exception {
        String topic = "record-lookup-turns";
        TopicProbe.create(topic, 2);
        for (int partition : List.of(0, 1, 0, 1)) {
            KafkaProbe.send(new ProducerRecord<>(topic, partition, null, new byte[VALUE_BYTES]));
        }
        TopicPartition one = new TopicPartition(topic, 0);
        TopicPartition other = new TopicPartition(topic, 1);
        List<Receipt> read = new ArrayList<>();
        try (RecordLookup lookup = lookup(topic)) {
            for (List<Receipt> each : List.of(
                    List.of(new Receipt(one, 1)),
                    List.of(new Receipt(other, 0)),
                    List.of(new Receipt(one, 0), new Receipt(other, 1)),
                    List.of(new Receipt(one, 1)))) {
                read.clear();

                assertThat(lookup.read(
                                each,
                                MAX_WAIT,
                                found -> read.add(new Receipt(
                                        new TopicPartition(found.topic(), found.partition()), found.offset()))))
                        .isEmpty();

                assertThat(read).containsExactlyInAnyOrderElementsOf(each);
            }
        }
    }

    @Test
    void deletedRecords_areNotFound_andThoseNotReadInTimeRemain() throws Exception {
        String topic = "record-lookup-gone";
        write(topic, 10, VALUE_BYTES);
        TopicProbe.delete(new TopicPartition(topic, 0), 5);
        List<Receipt> receipts = List.of(receipt(topic, 4), receipt(topic, 9));
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        try (RecordLookup lookup = lookup(topic)) {
            assertThat(lookup.read(receipts, Duration.ZERO, read::add)).containsExactlyInAnyOrderElementsOf(receipts);
            assertThat(read).isEmpty();

            assertThat(lookup.read(receipts, MAX_WAIT, read::add)).isEmpty();
            assertThat(read).extracting(ConsumerRecord::offset).containsExactly(9L);
        }
    }
}
