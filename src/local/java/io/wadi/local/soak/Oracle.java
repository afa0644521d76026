package io.wadi.local.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.local.soak.TopicFiles.Landed;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.fs.FileSystem;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The test oracle: checks that each event with a receipt is exactly once in Kafka, in HDFS and in the index, which it
 * reads with plain clients.
 */
final class Oracle {
    private final Map<Integer, BitSet> offsets = new TreeMap<>();
    private final BitSet numbers = new BitSet();
    private long twiceInKafka;
    private long lines;
    private long landedTwice;
    private long documents;
    private long documentsWithoutRecord;

    /** The numbers of events found in each system. */
    record Found(
            int receipted,
            long inKafka,
            int withoutRecord,
            long twiceInKafka,
            long landed,
            long notLanded,
            long landedTwice,
            long indexed,
            long notIndexed,
            long indexedBesides) {
        /** Returns whether no event was lost or duplicated. */
        boolean isWell() {
            return withoutRecord + twiceInKafka + notLanded + landedTwice + notIndexed + indexedBesides == 0;
        }
    }

    /** Reads Kafka, HDFS and the index. */
    static Found check(BitSet receipted, String brokers, FileSystem hdfs, String elasticsearch)
            throws IOException, InterruptedException {
        return new Oracle().run(receipted, brokers, hdfs, elasticsearch);
    }

    private Found run(BitSet receipted, String brokers, FileSystem hdfs, String elasticsearch)
            throws IOException, InterruptedException {
        readKafka(brokers);
        BitSet missing = (BitSet) receipted.clone();
        missing.andNot(numbers);

        BitSet landed = new BitSet();
        TopicFiles.forEach(hdfs, SoakSettings.DIRECTORY, SoakSettings.TOPIC, file -> readFile(file, landed));
        BitSet notLanded = (BitSet) numbers.clone();
        notLanded.andNot(landed);

        Map<Integer, BitSet> notIndexed = new TreeMap<>();
        offsets.forEach((partition, all) -> notIndexed.put(partition, (BitSet) all.clone()));
        DocumentIds.forEach(elasticsearch, SoakSettings.INDEX, id -> {
            documents++;
            String[] parts = id.split("\\+", -1);
            BitSet left = notIndexed.get(Integer.valueOf(parts[1]));
            int offset = Integer.parseInt(parts[2]);
            if (left == null || !left.get(offset)) {
                documentsWithoutRecord++;
            } else {
                left.clear(offset);
            }
        });
        return new Found(
                receipted.cardinality(),
                count(offsets),
                missing.cardinality(),
                twiceInKafka,
                lines,
                notLanded.cardinality(),
                landedTwice,
                documents,
                count(notIndexed),
                documentsWithoutRecord);
    }

    private static long count(Map<Integer, BitSet> sets) {
        return sets.values().stream().mapToLong(BitSet::cardinality).sum();
    }

    private void readFile(Landed file, BitSet landed) {
        for (String line : file.lines()) {
            int number = number(line);
            lines++;
            if (landed.get(number)) {
                landedTwice++;
            }
            landed.set(number);
        }
    }

    private void readKafka(String brokers) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(SoakSettings.TOPIC).stream()
                    .map(each -> new TopicPartition(SoakSettings.TOPIC, each.partition()))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all);
            while (all.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
                consumer.poll(Duration.ofMillis(200)).forEach(this::add);
            }
        }
    }

    private void add(ConsumerRecord<byte[], byte[]> event) {
        int number = number(new String(event.value(), UTF_8));
        if (numbers.get(number)) {
            twiceInKafka++;
        }
        numbers.set(number);
        offsets.computeIfAbsent(event.partition(), any -> new BitSet()).set((int) event.offset());
    }

    /** Parses {@code {"number":7}}. */
    private static int number(String event) {
        return Integer.parseInt(event.substring(event.indexOf(':') + 1, event.length() - 1));
    }
}
