package io.wadi.management.lag;

import io.wadi.management.lag.EndHistory.Age;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Fills in how old the first record is that a group has not done yet, where nobody watched when it came: by the record's own
 * timestamp, which is its sender's word where the topic does not have Kafka write it. For one that asks once: it reads records.
 */
public final class RecordAges {
    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final int MOST = 200;

    private RecordAges() {}

    /**
     * The report with these ages. Where more than 200 partitions have none, or Kafka does not hand over their records within
     * five seconds, those of the others stay as they are.
     *
     * @param observer the settings of a consumer that looks beside others
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer, or does not let Wadi read
     */
    public static LagReport fill(LagReport report, Properties observer) {
        Map<TopicPartition, List<Long>> wanted = new HashMap<>();
        for (GroupLag group : report.groups()) {
            for (PartitionLag each : group.partitions()) {
                if (each.lag() > 0 && !each.lagMsExact() && wanted.size() < MOST) {
                    wanted.computeIfAbsent(each.partition(), any -> new ArrayList<>())
                            .add(each.committed());
                }
            }
        }
        Map<TopicPartition, Map<Long, Long>> times = read(wanted, observer);
        return report.with(report.groups().stream()
                .map(group -> group.with(group.partitions().stream()
                        .map(each -> filled(each, times.getOrDefault(each.partition(), Map.of()), report.timeMs()))
                        .toList()))
                .toList());
    }

    private static PartitionLag filled(PartitionLag lag, Map<Long, Long> times, long nowMs) {
        Long time = lag.lag() > 0 && !lag.lagMsExact() ? times.get(lag.committed()) : null;
        return time == null ? lag : lag.with(new Age(Math.max(0, nowMs - time), true));
    }

    private static Map<TopicPartition, Map<Long, Long>> read(
            Map<TopicPartition, List<Long>> wanted, Properties observer) {
        Map<TopicPartition, Map<Long, Long>> times = new HashMap<>();
        if (wanted.isEmpty()) {
            return times;
        }
        Properties own = new Properties();
        own.putAll(observer);
        own.remove(ConsumerConfig.GROUP_ID_CONFIG);
        own.remove(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG);
        own.remove(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG);
        // What retention has taken away meanwhile is not waited for: the next one there is takes its place.
        own.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        own.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "1024");
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(own, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            long deadline = System.nanoTime() + WITHIN.toNanos();
            // One offset of each partition at a time.
            while (!wanted.isEmpty() && System.nanoTime() < deadline) {
                round(consumer, wanted, times, deadline);
            }
        }
        return times;
    }

    private static void round(
            KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, List<Long>> wanted,
            Map<TopicPartition, Map<Long, Long>> times,
            long deadline) {
        consumer.assign(wanted.keySet());
        Map<TopicPartition, Long> asked = new HashMap<>();
        wanted.forEach((partition, offsets) -> asked.put(partition, offsets.remove(offsets.size() - 1)));
        asked.forEach(consumer::seek);
        Map<TopicPartition, Long> open = new HashMap<>(asked);
        while (!open.isEmpty() && System.nanoTime() < deadline) {
            for (ConsumerRecord<byte[], byte[]> each : consumer.poll(Duration.ofMillis(100))) {
                TopicPartition partition = new TopicPartition(each.topic(), each.partition());
                Long offset = open.remove(partition);
                if (offset != null) {
                    times.computeIfAbsent(partition, any -> new HashMap<>()).put(offset, each.timestamp());
                    consumer.pause(List.of(partition));
                }
            }
        }
        consumer.resume(consumer.assignment());
        wanted.values().removeIf(List::isEmpty);
    }
}
