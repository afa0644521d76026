package io.wadi.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.kafka.partitions.PartitionStates;
import io.wadi.runtime.health.CheckResult;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.SilentServer;
import io.wadi.testing.TestServers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** What is found of groups on real Kafka that commit, and that do not. */
class GroupAdvanceIT {
    private static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration AFTER = Duration.ofMinutes(1);

    private final AtomicReference<Instant> now = new AtomicReference<>(BEGIN);

    private GroupAdvance advance(String brokers, String group, TopicPartition partition) {
        KafkaClients clients =
                new KafkaClients(brokers, new PartitionStates(new SimpleMeterRegistry(), Clock.systemUTC()));
        return new GroupAdvance(clients, group, () -> Set.of(partition), AFTER, Duration.ofSeconds(2), new Clock() {
            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }

            @Override
            public Instant instant() {
                return now.get();
            }
        });
    }

    private static String shared() {
        return TestServers.shared().ports().kafkaBrokers();
    }

    private CheckResult at(int second, GroupAdvance advance) throws InterruptedException {
        now.set(BEGIN.plusSeconds(second));
        return advance.look();
    }

    private static void commit(String group, TopicPartition partition, long offset) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", shared()))) {
            admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(offset)))
                    .all()
                    .get();
        }
    }

    @Test
    void groupWithRecordsLeft_hasToCommitSomethingOfThem() throws Exception {
        TopicPartition partition = new TopicPartition("advance.records", 0);
        KafkaProbe.createTopic(partition.topic(), 1);
        for (int i = 0; i < 3; i++) {
            KafkaProbe.send(new ProducerRecord<>(partition.topic(), 0, null, new byte[1]));
        }
        try (GroupAdvance advance = advance(shared(), "advance.records", partition)) {
            assertThat(at(0, advance))
                    .isEqualTo(CheckResult.proof(
                            "group advance.records is 3 offsets behind in its 1 partitions here, and advances"));
            assertThat(at(59, advance).isFault()).isFalse();
            assertThat(at(60, advance))
                    .isEqualTo(
                            CheckResult.fault(
                                    "group advance.records does not advance: advance.records-0: nothing of it"
                                            + " was done for good since 2026-11-20T12:00:00Z, although it has records from 0 to before 3"));

            commit("advance.records", partition, 2);
            assertThat(at(61, advance).isFault()).isFalse();
            assertThat(at(121, advance).words()).endsWith("although it has records from 2 to before 3");

            commit("advance.records", partition, 3);
            assertThat(at(122, advance).isFault()).isFalse();
            assertThat(at(999, advance).words()).startsWith("group advance.records is 0 offsets behind");
        }
    }

    /** Its reader may have gone past it and has nothing that it would commit. */
    @Test
    void markerOfATransaction_isNothingToAdvanceTo() throws Exception {
        TopicPartition partition = new TopicPartition("advance.marker", 0);
        KafkaProbe.createTopic(partition.topic(), 1);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", shared(), "transactional.id", "advance.marker"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(partition.topic(), 0, null, new byte[1]));
            producer.commitTransaction();
        }
        // The marker is written after the producer's answer.
        KafkaProbe.awaitReadable(partition.topic());
        commit("advance.marker", partition, 1);
        try (GroupAdvance advance = advance(shared(), "advance.marker", partition)) {
            assertThat(at(0, advance).words()).startsWith("group advance.marker is 1 offsets behind");
            assertThat(at(60, advance).isFault()).isFalse();
            assertThat(at(200, advance).isFault()).isFalse();
        }
    }

    @Test
    void kafkaThatDoesNotAnswer_isAFault() throws Exception {
        try (SilentServer silent = new SilentServer(0);
                GroupAdvance advance =
                        advance("localhost:" + silent.port(), "advance.silent", new TopicPartition("any", 0))) {
            assertThat(at(0, advance).isFault()).isTrue();
            assertThat(at(1, advance).words())
                    .startsWith("how far group advance.silent is behind is not known: TimeoutException: ");
        }
    }
}
