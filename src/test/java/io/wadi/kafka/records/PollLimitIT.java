package io.wadi.kafka.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records that compress so well that hundreds fit into one fetch. */
class PollLimitIT {
    private static final int RECORDS = 100;
    private static final int LENGTH = 1 << 19;
    private static final int LIMIT = 4 * LENGTH + LENGTH / 2;

    /** The large part of a record. */
    private enum Large {
        KEY,
        VALUE,
        HEADER,
        /** A header of a record without a value. */
        HEADER_OF_TOMBSTONE,
        /** Many small headers, which are larger in memory than in the fetch. */
        HEADERS;

        ProducerRecord<byte[], byte[]> record(String topic, int partition) {
            byte[] large = new byte[LENGTH];
            byte[] small = new byte[1];
            ProducerRecord<byte[], byte[]> record =
                    switch (this) {
                        case KEY -> new ProducerRecord<>(topic, partition, large, null);
                        case VALUE -> new ProducerRecord<>(topic, partition, small, large);
                        case HEADER, HEADERS -> new ProducerRecord<>(topic, partition, null, small);
                        case HEADER_OF_TOMBSTONE -> new ProducerRecord<>(topic, partition, small, null);
                    };
            if (this == HEADER || this == HEADER_OF_TOMBSTONE) {
                record.headers().add("large", large);
            }
            for (int i = 0; this == HEADERS && i < LENGTH / HeldBytes.PER_HEADER; i++) {
                record.headers().add("", new byte[0]);
            }
            return record;
        }
    }

    private static void send(String topic, String compression, IntFunction<ProducerRecord<byte[], byte[]>> records)
            throws Exception {
        TopicProbe.create(topic, 2);
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                TestServers.shared().ports().kafkaBrokers(),
                "compression.type",
                compression,
                "max.request.size",
                String.valueOf(4 * LENGTH),
                "linger.ms",
                "1000");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(records.apply(i));
            }
        }
    }

    private static long length(ConsumerRecord<byte[], byte[]> record) {
        Header[] headers = record.headers().toArray();
        long bytes = Math.max(0, record.serializedKeySize())
                + Math.max(0, record.serializedValueSize())
                + Arrays.stream(headers).mapToLong(each -> each.value().length).sum();
        return Math.max(bytes, (long) HeldBytes.PER_HEADER * headers.length);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String topic, String protocol, PollLimit limit) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                TestServers.shared().ports().kafkaBrokers(),
                "group.protocol",
                protocol,
                "group.id",
                topic,
                "enable.auto.commit",
                "false",
                "max.poll.records",
                "5000");
        List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                settings, limit.limited(new ByteArrayDeserializer()), limit.limited(new ByteArrayDeserializer()));
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer;
    }

    @ParameterizedTest
    @CsvSource({
        "classic, VALUE",
        "classic, KEY",
        "classic, HEADER",
        "classic, HEADER_OF_TOMBSTONE",
        "classic, HEADERS",
        "consumer, VALUE"
    })
    void pollsOfCompressibleRecords_areLimited_andEachRecordIsReturnedOnceInOrder(String protocol, Large large)
            throws Exception {
        String topic = "poll-limit-" + protocol + "-" + large;
        send(topic, "zstd", i -> large.record(topic, i % 2));
        PollLimit limit = new PollLimit(LIMIT);
        List<List<Long>> offsets = List.of(new ArrayList<>(), new ArrayList<>());
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic, protocol, limit)) {
            while (offsets.get(0).size() + offsets.get(1).size() < RECORDS) {
                long bytes = 0;
                limit.begin();
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofSeconds(1))) {
                    bytes += length(each);
                    offsets.get(each.partition()).add(each.offset());
                }
                assertThat(bytes).isLessThanOrEqualTo(LIMIT);
            }
        }
        assertThat(offsets)
                .allSatisfy(each -> assertThat(each)
                        .containsExactlyElementsOf(
                                LongStream.range(0, RECORDS / 2).boxed().toList()));
    }

    @Test
    void uncompressedRecords_areReturnedByFetch() throws Exception {
        String topic = "poll-limit-uncompressed";
        send(topic, "none", i -> new ProducerRecord<>(topic, i % 2, null, new byte[10]));
        PollLimit limit = new PollLimit(RECORDS * HeldBytes.PER_RECORD);
        int read = 0;
        int most = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic, "classic", limit)) {
            while (read < RECORDS) {
                limit.begin();
                int polled = consumer.poll(Duration.ofSeconds(1)).count();
                most = Math.max(most, polled);
                read += polled;
            }
        }
        assertThat(most).isGreaterThan(1);
    }

    @Test
    void recordLargerThanTheLimit_isReturnedAlone() throws Exception {
        String topic = "poll-limit-larger";
        send(topic, "zstd", i -> Large.VALUE.record(topic, i % 2));
        try (TopicReader reader = new TopicReader(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers()),
                TopicReader.Fetch.atMost(LENGTH / 2))) {
            TopicPartition partition = new TopicPartition(topic, 0);
            reader.seek(Map.of(partition, 0L));
            List<Long> offsets = new ArrayList<>();
            while (offsets.size() < RECORDS / 2) {
                int before = offsets.size();
                reader.poll(Duration.ofSeconds(1), each -> offsets.add(each.offset()));
                assertThat(offsets.size() - before).isLessThanOrEqualTo(1);
            }
            assertThat(offsets).isSorted().doesNotHaveDuplicates();
        }
    }
}
