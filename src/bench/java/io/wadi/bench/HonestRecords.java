package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.wadi.indexing.document.DocumentId;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * @param suppressed the number of events with a document id that is also another record's: indexing would store one
 *     document for both
 */
record HonestRecords(BitSet found, long twice, long foreign, long suppressed) {
    private static final byte[] MARK = HonestLoad.MARK.getBytes(US_ASCII);

    /** Reads a topic from its beginning to its current end. */
    static HonestRecords read(String brokers, String topic) {
        Counts counts = new Counts();
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
                    counts.add(each);
                }
            }
        }
        return counts.result();
    }

    /** Counts the records of a topic. */
    static final class Counts {
        private final BitSet found = new BitSet();
        /** The offsets of the events of honest clients, by partition. */
        private final BitSet[] offsets = new BitSet[BenchTopic.PARTITIONS];
        /** The document ids that are not the position of their record. */
        private final Set<String> chosenIds = new HashSet<>();

        private String topic = "";
        private long twice;
        private long foreign;
        private long withChosenId;

        Counts() {
            Arrays.setAll(offsets, partition -> new BitSet());
        }

        void add(ConsumerRecord<byte[], byte[]> each) {
            topic = each.topic();
            int number = number(each.value());
            String id = DocumentId.of(each);
            boolean isChosen = !id.equals(DocumentId.of(topic, each.partition(), each.offset()));
            if (isChosen) {
                chosenIds.add(id);
            }
            if (number < 0) {
                foreign++;
                return;
            }
            // Honest clients send no ids.
            withChosenId += isChosen ? 1 : 0;
            offsets[each.partition()].set(Math.toIntExact(each.offset()));
            twice += found.get(number) ? 1 : 0;
            found.set(number);
        }

        HonestRecords result() {
            long suppressed = withChosenId;
            for (int partition = 0; partition < offsets.length; partition++) {
                int of = partition;
                suppressed += offsets[partition].stream()
                        .filter(offset -> chosenIds.contains(DocumentId.of(topic, of, offset)))
                        .count();
            }
            return new HonestRecords(found, twice, foreign, suppressed);
        }
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
