package io.wadi.kafka.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records of which hundreds fit into one fetch, since they compress well. */
class PollLimitIT {
    private static final int RECORDS = 100;
    private static final int LENGTH = 1 << 19;
    private static final int LIMIT = 4 * LENGTH + LENGTH / 2;

    private static String fill(String topic, boolean isInHeaders) throws Exception {
        KafkaProbe.createTopic(topic, 2);
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                TestServers.shared().ports().kafkaBrokers(),
                "compression.type",
                "zstd",
                "linger.ms",
                "1000");
        byte[] large = new byte[LENGTH];
        byte[] small = new byte[1];
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>(topic, i % 2, small, isInHeaders ? small : large);
                if (isInHeaders) {
                    record.headers().add("large", large);
                }
                producer.send(record);
            }
        }
        return topic;
    }

    private static long length(ConsumerRecord<byte[], byte[]> record) {
        return record.value().length
                + Arrays.stream(record.headers().toArray())
                        .mapToLong(each -> each.value().length)
                        .sum();
    }

    @ParameterizedTest
    @CsvSource({"classic, false", "classic, true", "consumer, false"})
    void pollsOfCompressibleRecords_areLimited_andEachRecordIsReturnedOnceInOrder(String protocol, boolean isInHeaders)
            throws Exception {
        String topic = fill("poll-limit-" + protocol + (isInHeaders ? "-headers" : ""), isInHeaders);
        PollLimit limit = new PollLimit(LIMIT);
        List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
        List<List<Long>> offsets = List.of(new ArrayList<>(), new ArrayList<>());
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
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                settings, limit.keys(new ByteArrayDeserializer()), limit.values(new ByteArrayDeserializer()))) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
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
    void recordLargerThanTheLimit_isReadAlone() throws Exception {
        String topic = fill("poll-limit-larger", false);
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
