package io.wadi.completeness;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.targets.RecordTarget;
import io.wadi.kafka.targets.RecordTarget.Range;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;

/** A topic of real Kafka, and a target with a group; the test commits its offsets. */
abstract class CompletenessTestSupport {
    static final Map<String, String> APPEND_TIME = Map.of("message.timestamp.type", "LogAppendTime");

    final String topic = "complete-" + UUID.randomUUID();
    final String deadLetters = topic + "-dead-letters";
    final TopicPartition partition = new TopicPartition(topic, 0);
    final Map<TopicPartition, List<Range>> expired = new HashMap<>();
    final RecordTarget target = ObservedTruth.target("landed", topic, expired);

    @AutoClose
    final Completeness completeness = new Completeness(KafkaProbe.clients(), deadLetters, Duration.ZERO);

    Watermark watermark() throws Exception {
        return completeness.watermark(topic, target, false);
    }

    ProducerRecord<byte[], byte[]> record(int number) {
        return new ProducerRecord<>(topic, number, null, "{}".getBytes(UTF_8));
    }

    /** Sends a record to partition 0 and returns its time. */
    Instant send() throws Exception {
        return Instant.ofEpochMilli(KafkaProbe.send(record(0)).timestamp());
    }

    void commit(long offset) throws ExecutionException, InterruptedException {
        GroupProbe.commit(topic, partition, offset);
    }
}
