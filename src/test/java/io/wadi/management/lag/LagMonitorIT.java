package io.wadi.management.lag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** The lag monitor with a real Kafka and with groups in each status. */
class LagMonitorIT extends LagTestSupport {
    private void send(int records) throws Exception {
        for (int i = 0; i < records; i++) {
            KafkaProbe.send(new ProducerRecord<>(topic, 0, null, new byte[1]));
        }
    }

    private void awaitStatus(String group, LagStatus expected) {
        await().until(() -> found(group).map(PartitionLag::status), status -> status.equals(Optional.of(expected)));
    }

    @Test
    void groupWithoutMembers_isReported_asStopped() throws Exception {
        TopicProbe.create(topic, 1);
        send(5);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            for (long offset = 1; offset <= 3; offset++) {
                commit(consumer, partition, offset);
            }
        }
        monitor.start();

        awaitStatus(topic, LagStatus.STOP);
        GroupLag group = monitor.latest().find(topic).orElseThrow();
        assertThat(group.state()).isEqualTo("Empty");
        assertThat(group.type()).isEqualTo("Classic");
        assertThat(group.members()).isZero();
        assertThat(group.worst()).isEqualTo(LagStatus.STOP);
        PartitionLag lag = found(topic).orElseThrow();
        assertThat(List.of(lag.committed(), lag.end(), lag.lag())).containsExactly(3L, 5L, 2L);
        assertThat(lag.clientId()).isEmpty();
        await().until(() -> found(topic).orElseThrow().lagMs() > 0);
        assertThat(found(topic).orElseThrow().lagMsExact()).isFalse();
    }

    @Test
    void offsetsWithoutRecords_areNotLag() throws Exception {
        TopicProbe.create(topic, 1);
        KafkaProbe.sendInTransaction(topic, true, "first", "second");
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 1);
            monitor.start();
            awaitStatus(topic, LagStatus.OK);
            assertThat(found(topic).orElseThrow().lag())
                    .as("a record and a marker")
                    .isEqualTo(2);
            commit(consumer, partition, 2);
        }
        awaitLag(0, 3);
        PartitionLag caughtUp = found(topic).orElseThrow();
        assertThat(List.of(caughtUp.committed(), caughtUp.lagMs())).containsExactly(2L, 0L);
        assertThat(LagText.of(LagJson.of(monitor.latest(), "kafka"), true))
                .contains("        OK      " + partition
                        + ": no lag, committed 2 of 3 with no record in between, not assigned");

        KafkaProbe.sendInTransaction(topic, false, "aborted");
        awaitLag(0, 5);

        send(1);
        awaitLag(4, 6);
        awaitStatus(topic, LagStatus.STOP);
        assertThat(found(topic).orElseThrow().lag()).isEqualTo(4);
    }

    /** The lag is too large for a search for a record. */
    @Test
    void deletedRecords_areNotLag() throws Exception {
        TopicProbe.create(topic, 1);
        KafkaProbe.inTransaction(topic, producer -> {
            for (int i = 0; i < 1001; i++) {
                producer.send(new ProducerRecord<>(topic, 0, null, new byte[1]));
            }
            producer.commitTransaction();
        });
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 0);
            commit(consumer, partition, 1);
        }
        monitor.start();
        awaitStatus(topic, LagStatus.STOP);
        assertThat(found(topic).orElseThrow().lag()).isEqualTo(1001);

        TopicProbe.delete(partition, 1002);

        awaitLag(0, 1002);
        assertThat(found(topic).orElseThrow().status()).isEqualTo(LagStatus.OK);
    }

    private void awaitLag(long lag, long end) {
        await().until(
                        () -> found(topic).map(each -> List.of(each.lag(), each.end())),
                        found -> found.equals(Optional.of(List.of(lag, end))));
    }

    /** Kafka does not return records of an open transaction to {@code read_committed} consumers. */
    @Test
    void openTransaction_countsAsLag() throws Exception {
        TopicProbe.create(topic, 1);
        send(1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 0);
            commit(consumer, partition, 1);
        }
        monitor.start();
        KafkaProbe.inTransaction(topic, producer -> {
            producer.send(new ProducerRecord<>(topic, 0, null, new byte[1])).get();
            awaitStatus(topic, LagStatus.STOP);
            assertThat(found(topic).orElseThrow().lag()).isEqualTo(1);
            producer.abortTransaction();
        });
        awaitLag(0, 3);
    }

    @Test
    void repeatedCommitsOfOneOffset_areRecorded() throws Exception {
        TopicProbe.create(topic, 1);
        send(5);
        monitor.start();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            consumer.subscribe(List.of(topic));
            await().until(() -> !consumer.poll(Duration.ofMillis(100)).isEmpty());

            await().until(() -> {
                commit(consumer, partition, 2);
                return found(topic).map(PartitionLag::status).equals(Optional.of(LagStatus.STALL));
            });
            assertThat(found(topic).orElseThrow().clientId()).isEqualTo("of-" + topic);
            assertThat(found(topic).orElseThrow().commits())
                    .extracting(Commit::offset)
                    .containsOnly(2L);
        }
    }

    @Test
    void offsetThatWentBack_isARewind_andLagIsReportedInRecordsAndSeconds() throws Exception {
        TopicProbe.create(topic, 1);
        send(5);
        monitor.start();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 5);
            await().until(() -> found(topic).isPresent());
            assertThat(found(topic).orElseThrow().lag()).isZero();
            assertThat(found(topic).orElseThrow().lagMs()).isZero();

            await().until(() -> {
                // Repeated, since a sample shows the last ten commits only.
                commit(consumer, partition, 3);
                commit(consumer, partition, 2);
                return found(topic).map(PartitionLag::status).equals(Optional.of(LagStatus.REWIND));
            });
            send(1);
            commit(consumer, partition, 5);
            await().until(() -> found(topic).orElseThrow().lag() == 1);
            assertThat(found(topic).orElseThrow().lagMsExact()).isTrue();
        }
    }

    @Test
    void commitsBeforeTheStart_areRead() throws Exception {
        TopicProbe.create(topic, 1);
        send(9);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 4);
            commit(consumer, partition, 7);
            commit(consumer, partition, 2);
        }

        await().ignoreExceptions().untilAsserted(() -> {
            monitor.sample();

            assertThat(found(topic).orElseThrow().commits())
                    .extracting(Commit::offset)
                    .containsExactly(4L, 7L, 2L);
        });
    }

    @Test
    void topicDeletedWhileMonitored_isRemoved_andOthersContinue() throws Exception {
        TopicProbe.create(topic, 1);
        String other = topic + "-other";
        TopicProbe.create(other, 1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            commit(consumer, partition, 0);
            commit(consumer, new TopicPartition(other, 0), 0);
        }
        monitor.start();
        await().until(() -> found(topic).isPresent());

        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", TestServers.shared().ports().kafkaBrokers()))) {
            admin.deleteTopics(List.of(topic)).all().get();
        }

        await().until(() -> found(topic).isEmpty());
        assertThat(monitor.latest().problem()).isEmpty();
        assertThat(monitor.latest().topics()).doesNotContainKey(topic);
        assertThat(monitor.latest().find(topic).orElseThrow().partitions())
                .extracting(PartitionLag::partition)
                .containsExactly(new TopicPartition(other, 0));
    }

    @Test
    void groupsAndPartitionsBeyondTheLimits_areReported() throws Exception {
        TopicProbe.create(topic, 3);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(topic)) {
            for (int i = 0; i < 3; i++) {
                commit(consumer, new TopicPartition(topic, i), 0);
            }
        }
        try (LagMonitor narrow = monitor(TestServers.shared().ports().kafkaBrokers(), 1000, 0);
                LagMonitor blind = monitor(TestServers.shared().ports().kafkaBrokers(), 0, 10)) {
            await().ignoreExceptions().untilAsserted(() -> {
                LagReport report = narrow.sample();

                assertThat(report.find(topic).orElseThrow().partitions()).hasSize(3);
                assertThat(report.omitted())
                        .matches("\\d+ partitions of groups are not evaluated: wadi.lag.max-partitions is 0\\.");
            });
            await().untilAsserted(() -> assertThat(blind.sample().omitted())
                    .matches("\\d+ groups are not monitored: they exceed wadi.lag.max-groups\\."));
        }
    }
}
