package io.wadi.kafka.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.runtime.health.CheckResult;
import io.wadi.testing.AdjustableClock;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.SilentServer;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** The progress of groups on real Kafka, with and without commits. */
class GroupProgressProbeIT {
    private static final Instant BEGIN = Instant.parse("2026-11-20T12:00:00Z");
    private static final Duration AFTER = Duration.ofMinutes(1);

    private final AdjustableClock now = new AdjustableClock(BEGIN);

    private GroupProgressProbe probe(String group, TopicPartition partition) {
        return probe(shared(), group, partition, Duration.ofMinutes(1));
    }

    private GroupProgressProbe probe(String brokers, String group, TopicPartition partition, Duration requestTimeout) {
        return new GroupProgressProbe(
                KafkaProbe.clients(brokers), group, () -> Set.of(partition), AFTER, requestTimeout, now);
    }

    private static String shared() {
        return TestServers.shared().ports().kafkaBrokers();
    }

    private CheckResult at(int second, GroupProgressProbe probe) throws InterruptedException {
        now.turn(BEGIN.plusSeconds(second));
        return probe.check();
    }

    @Test
    void groupWithLag_isAFaultUnlessItCommits() throws Exception {
        TopicPartition partition = new TopicPartition("advance.records", 0);
        TopicProbe.create(partition.topic(), 1);
        for (int i = 0; i < 3; i++) {
            KafkaProbe.send(new ProducerRecord<>(partition.topic(), 0, null, new byte[1]));
        }
        try (GroupProgressProbe probe = probe("advance.records", partition)) {
            assertThat(at(0, probe))
                    .isEqualTo(CheckResult.proof(
                            "group advance.records has a lag of 3 offsets in 1 partitions here and makes progress"));
            assertThat(at(59, probe).isFault()).isFalse();
            assertThat(at(60, probe))
                    .isEqualTo(CheckResult.fault(
                            "group advance.records makes no progress: advance.records-0: no record was completed since"
                                    + " 2026-11-20T12:00:00Z, although there are records from offset 0 to before 3"));

            GroupProbe.commit("advance.records", partition, 2);
            assertThat(at(61, probe).isFault()).isFalse();
            assertThat(at(121, probe).message()).endsWith("although there are records from offset 2 to before 3");

            GroupProbe.commit("advance.records", partition, 3);
            assertThat(at(122, probe).isFault()).isFalse();
            assertThat(at(999, probe).message()).startsWith("group advance.records has a lag of 0 offsets");
        }
    }

    /** A consumer may have read past the marker, and then has nothing to commit. */
    @Test
    void transactionMarker_isNotLag() throws Exception {
        TopicPartition partition = new TopicPartition("advance.marker", 0);
        TopicProbe.create(partition.topic(), 1);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", shared(), "transactional.id", "advance.marker"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(partition.topic(), 0, null, new byte[1]));
            producer.commitTransaction();
        }
        // The marker is written after the producer's call returns.
        TopicProbe.awaitReadable(partition.topic());
        GroupProbe.commit("advance.marker", partition, 1);
        try (GroupProgressProbe probe = probe("advance.marker", partition)) {
            assertThat(at(0, probe).message()).startsWith("group advance.marker has a lag of 1 offsets");
            assertThat(at(60, probe).isFault()).isFalse();
            assertThat(at(200, probe).isFault()).isFalse();
        }
    }

    /** The topic was recreated, and the group has committed an offset of the former one. */
    @Test
    void commitBeyondTheEnd_includesNoRecords() throws Exception {
        TopicPartition partition = new TopicPartition("advance.beyond", 0);
        TopicProbe.create(partition.topic(), 1);
        GroupProbe.commit("advance.beyond", partition, 9);
        try (GroupProgressProbe probe = probe("advance.beyond", partition)) {
            assertThat(at(0, probe).isFault()).isFalse();
            assertThat(at(60, probe).isFault()).as("without records").isFalse();

            KafkaProbe.send(new ProducerRecord<>(partition.topic(), 0, null, new byte[1]));
            assertThat(at(61, probe).message()).startsWith("group advance.beyond has a lag of 1 offsets");
            assertThat(at(121, probe).message()).endsWith("although there are records from offset 0 to before 1");

            GroupProbe.commit("advance.beyond", partition, 1);
            assertThat(at(122, probe).isFault()).isFalse();
        }
    }

    /** The topic was recreated and has more records than the group has read of the former one. */
    @Test
    void commitsBelowFormerOnes_areProgress() throws Exception {
        TopicPartition partition = new TopicPartition("advance.below", 0);
        TopicProbe.create(partition.topic(), 1);
        for (int i = 0; i < 9; i++) {
            KafkaProbe.send(new ProducerRecord<>(partition.topic(), 0, null, new byte[1]));
        }
        GroupProbe.commit("advance.below", partition, 5);
        try (GroupProgressProbe probe = probe("advance.below", partition)) {
            assertThat(at(0, probe).isFault()).isFalse();
            for (int i = 1; i < 4; i++) {
                GroupProbe.commit("advance.below", partition, i);
                assertThat(at(59 * i, probe).isFault()).isFalse();
            }
            assertThat(at(59 * 3 + 60, probe).message())
                    .endsWith("although there are records from offset 3 to before 9");
        }
    }

    @Test
    void unresponsiveKafka_isAFault() throws Exception {
        try (SilentServer silent = new SilentServer(0);
                GroupProgressProbe probe = probe(
                        "localhost:" + silent.port(),
                        "advance.silent",
                        new TopicPartition("any", 0),
                        Duration.ofSeconds(2))) {
            assertThat(at(0, probe).isFault()).isTrue();
            assertThat(at(1, probe).message())
                    .startsWith("the lag of group advance.silent is unknown: TimeoutException: ");
        }
    }
}
