package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The events of honest clients in a topic that also has those of hostile ones.
 *
 * @param found the numbers of the events in the topic
 * @param twice the number of duplicates
 * @param foreign the number of records that are not from honest clients
 */
record HonestRecords(BitSet found, long twice, long foreign) {
    private static final byte[] MARK = HonestLoad.MARK.getBytes(US_ASCII);

    /** Reads a topic from its beginning to its current end. */
    static HonestRecords read(String brokers, String topic) {
        BitSet found = new BitSet();
        long twice = 0;
        long foreign = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, BenchTopic.PARTITIONS)
                    .mapToObj(each -> new TopicPartition(topic, each))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofSeconds(1))) {
                    int number = number(each.value());
                    if (number < 0) {
                        foreign++;
                    } else if (found.get(number)) {
                        twice++;
                    } else {
                        found.set(number);
                    }
                }
            }
        }
        return new HonestRecords(found, twice, foreign);
    }

    /** Returns the number of an honest client's event, or -1 for other values. */
    static int number(byte[] value) {
        int end = MARK.length + HonestLoad.DIGITS;
        for (int i = 0; i < end; i++) {
            if (value.length <= i || (i < MARK.length ? value[i] != MARK[i] : value[i] < '0' || value[i] > '9')) {
                return -1;
            }
        }
        return Integer.parseInt(new String(value, MARK.length, HonestLoad.DIGITS, US_ASCII));
    }

    /** Returns the number of acknowledged events that are missing in the topic. */
    long lost(BitSet acknowledged) {
        BitSet lost = (BitSet) acknowledged.clone();
        lost.andNot(found);
        return lost.cardinality();
    }
}
