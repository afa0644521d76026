package io.wadi.completeness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.completeness.Watermark.State;
import io.wadi.testing.BrokerProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A partition with fewer in-sync replicas than {@code min.insync.replicas}. Without {@code acks=all}, its leader
 * accepts a record that becomes visible once a second replica has it, with the time at which the leader appended it.
 */
@Nightly(
        perChange = {
            "TopicProgressTest#unreplicatedRecordWithoutAnEarlierWatermark_noWatermark",
            "CompletenessTimestampsIT#timestampInTheFutureFromBeforeAppendTime_isObserved"
        })
class ReplicatedCompletenessIT {
    private static final String TOPIC = "complete-replicated";
    private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    @TempDir
    private Path directory;

    @Test
    void followerKilled_watermarkStaysBeforeItsUnreplicatedRecord() throws Exception {
        List<BrokerProcess> brokers = BrokerProcess.startThreeWithOneController(directory);
        String addresses = BrokerProcess.addresses(brokers);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", addresses));
                Completeness completeness =
                        new Completeness(KafkaProbe.clients(addresses), "wadi.dead-letter", Duration.ZERO)) {
            // The first broker is the controller and has to keep running.
            NewTopic topic = new NewTopic(TOPIC, Map.of(0, List.of(2, 3)))
                    .configs(Map.of("message.timestamp.type", "LogAppendTime", "min.insync.replicas", "2"));
            admin.createTopics(List.of(topic)).all().get();
            RecordMetadata first = send(addresses, "all");
            admin.alterConsumerGroupOffsets(TOPIC, Map.of(PARTITION, new OffsetAndMetadata(1)))
                    .all()
                    .get();
            await().atMost(TIMEOUT).until(() -> watermark(completeness).state() == State.COMPLETE);
            Watermark complete = watermark(completeness);

            brokers.get(2).kill();
            await().atMost(TIMEOUT)
                    .until(() -> admin.describeTopics(List.of(TOPIC))
                                    .topicNameValues()
                                    .get(TOPIC)
                                    .get()
                                    .partitions()
                                    .get(0)
                                    .isr()
                                    .size()
                            == 1);
            await().atMost(TIMEOUT)
                    .ignoreExceptions()
                    .until(() -> watermark(completeness).state() == State.COMPLETE);
            RecordMetadata second = send(addresses, "1");
            Watermark behind = watermark(completeness);
            brokers.get(2).startAgain();

            assertThat(complete.time()).isAfterOrEqualTo(Instant.ofEpochMilli(first.timestamp()));
            assertThat(behind.state()).isEqualTo(State.BEHIND);
            assertThat(behind.reason()).isEqualTo(TOPIC + "-0@1 is not on all in-sync replicas yet");
            assertThat(behind.time()).isBetween(complete.time(), Instant.ofEpochMilli(second.timestamp()));
            await().atMost(TIMEOUT)
                    .ignoreExceptionsInstanceOf(KafkaException.class)
                    .untilAsserted(() -> {
                        Watermark visible = watermark(completeness);
                        assertThat(visible.reason()).isEqualTo(TOPIC + "-0@1 is not there yet");
                        assertThat(visible.time()).isEqualTo(Instant.ofEpochMilli(second.timestamp()));
                    });
        } finally {
            brokers.forEach(BrokerProcess::close);
        }
    }

    private static Watermark watermark(Completeness completeness) throws Exception {
        return completeness.watermark(TOPIC, ObservedTruth.target("there", TOPIC, Map.of()), false);
    }

    private static RecordMetadata send(String brokers, String acks) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers, "acks", acks, "enable.idempotence", acks.equals("all")),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            return producer.send(new ProducerRecord<>(TOPIC, 0, null, new byte[1]))
                    .get();
        }
    }
}
