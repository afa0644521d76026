package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.GroupOffset;
import io.wadi.kafka.consumer.SinkConsumer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A partition of an inbox, with its answers and the group's committed offset. */
final class SimulatedInbox {
    static final int RECORDS = 50;
    static final int WINDOW_MS = 1000;

    final TopicPartition partition;
    final List<ConsumerRecord<byte[], ByteBuffer>> log = new ArrayList<>();
    final List<Answer> answers = new ArrayList<>();
    GroupOffset.Committed committed = GroupOffset.Committed.NONE;
    /** The consumer of the owner. */
    SinkConsumer owner;
    /** The offset after the markers at the end. */
    private long end;

    private SimulatedInbox(TopicPartition partition) {
        this.partition = partition;
    }

    /** Returns a partition with random records, some of them with the same id. */
    static SimulatedInbox random(TopicPartition partition, Random random) {
        SimulatedInbox made = new SimulatedInbox(partition);
        long offset = 0;
        long time = 1_000_000;
        for (int i = 0; i < RECORDS; i++) {
            offset += 1 + (random.nextInt(8) == 0 ? random.nextInt(3) : 0);
            time += random.nextInt(random.nextInt(20) == 0 ? WINDOW_MS : 40);
            made.log.add(event(partition, offset, time, random));
        }
        made.end = offset + 1 + random.nextInt(3);
        return made;
    }

    private static ConsumerRecord<byte[], ByteBuffer> event(
            TopicPartition partition, long offset, long time, Random random) {
        byte[] id = randomId(partition, random).getBytes(UTF_8);
        RecordHeaders headers = new RecordHeaders();
        headers.add("wadi-id", id);
        if (random.nextBoolean()) {
            headers.add("wadi-inbox-key", "key".getBytes(UTF_8));
        }
        String value = randomValue(random);
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                time,
                TimestampType.LOG_APPEND_TIME,
                -1,
                -1,
                id,
                ByteBuffer.wrap(value.getBytes(UTF_8)),
                headers.add("n", number(partition, offset).getBytes(UTF_8)),
                Optional.empty());
    }

    private static String randomId(TopicPartition partition, Random random) {
        return "~~" + partition.partition() + random.nextInt(12);
    }

    String randomId(Random random) {
        return randomId(partition, random);
    }

    /** Returns a value that Kafka may reject. */
    static String randomValue(Random random) {
        return random.nextInt(10) == 0 ? "poison" : "value" + (random.nextInt(4) == 0 ? 1 : 0);
    }

    private static String number(TopicPartition partition, long offset) {
        return partition.partition() + "@" + offset;
    }

    long last() {
        return log.get(log.size() - 1).offset();
    }

    /** Returns the offset that is committed at last. Without a sink, nothing is committed after the records. */
    long committable() {
        return owner.hasSink() ? end : Math.max(committed.offset(), last() + 1);
    }

    /** Returns the offset of the first record from this one on; the end if there is none. */
    long next(long offset) {
        return log.stream()
                .mapToLong(ConsumerRecord::offset)
                .filter(each -> each >= offset)
                .findFirst()
                .orElse(end);
    }

    long end() {
        return end;
    }

    /** Returns the value of the header that identifies a record. */
    static String number(ConsumerRecord<?, ?> record) {
        return number(new TopicPartition(record.topic(), record.partition()), record.offset());
    }

    /** Returns for each record the first event of its id within the window; null if Kafka rejects it. */
    Map<ConsumerRecord<byte[], ByteBuffer>, ConsumerRecord<byte[], ByteBuffer>> firsts() {
        Map<String, ConsumerRecord<byte[], ByteBuffer>> newest = new HashMap<>();
        Map<ConsumerRecord<byte[], ByteBuffer>, ConsumerRecord<byte[], ByteBuffer>> firsts = new HashMap<>();
        for (ConsumerRecord<byte[], ByteBuffer> record : log) {
            ConsumerRecord<byte[], ByteBuffer> first = newest.get(text(record.key()));
            if (first == null || record.timestamp() - first.timestamp() >= WINDOW_MS) {
                first = isRejected(record.value().array()) ? null : record;
                if (first != null) {
                    newest.put(text(record.key()), record);
                }
            }
            firsts.put(record, first);
        }
        return firsts;
    }

    /** Returns whether Kafka rejects the event with this value. */
    static boolean isRejected(Object value) {
        return text(value).equals("poison");
    }

    static String text(Object bytes) {
        return new String((byte[]) bytes, UTF_8);
    }
}
