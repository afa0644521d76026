package io.wadi.management.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.kafka.records.Masking;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.LongStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** The newest records of a topic with many partitions. */
final class TopicRecordsIT {
    private static final int PARTITIONS = 12;
    private static final long TIME = System.currentTimeMillis() - 3_600_000;

    private final TopicRecords records = new TopicRecords(
            () -> {
                Properties observer = new Properties();
                observer.put("bootstrap.servers", TestServers.shared().ports().kafkaBrokers());
                return observer;
            },
            Masking.NONE,
            new ReadRequests(1, 8 << 20));

    private static void send(String topic, int partition, long time) throws Exception {
        KafkaProbe.send(new ProducerRecord<>(topic, partition, time, null, "x".getBytes(UTF_8)));
    }

    /** Returns partition and offset of each record. */
    private List<String> newest(String topic, int limit) throws Exception {
        List<String> found = new ArrayList<>();
        for (Object each : (List<?>) records.find(new TopicRecords.Query(topic, null, null, null, limit))
                .get("records")) {
            JsonNode record = (JsonNode) each;
            found.add(record.path("partition").asInt() + ":"
                    + record.path("offset").asLong());
        }
        return found;
    }

    @Test
    void newestRecords_ofOneBusyPartition_areAllReturned() throws Exception {
        TopicProbe.create("one-busy", PARTITIONS);
        for (int i = 0; i < 10 * PARTITIONS; i++) {
            send("one-busy", i % PARTITIONS, TIME + i);
        }
        for (int i = 0; i < 45; i++) {
            send("one-busy", 3, TIME + 1000 + i);
        }

        List<String> newest = newest("one-busy", 50);

        assertThat(newest).hasSize(50);
        assertThat(newest.subList(0, 45))
                .isEqualTo(
                        LongStream.range(0, 45).mapToObj(i -> "3:" + (54 - i)).toList());
        assertThat(newest.subList(45, 50)).containsExactly("11:9", "10:9", "9:9", "8:9", "7:9");
    }

    @Test
    void recordsOfATopicWithFew_areAllReturned() throws Exception {
        TopicProbe.create("few", PARTITIONS);
        for (int i = 0; i < 20; i++) {
            send("few", 5, TIME + i);
        }
        send("few", 6, TIME);

        assertThat(newest("few", 50)).hasSize(21);
    }
}
