package io.wadi.management.lag;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TestServers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AutoClose;

/** A lag monitor, and a topic that a group of the same name reads. */
abstract class LagTestSupport {
    static final Duration TIMEOUT = Duration.ofMinutes(2);

    final String topic = "lag-" + UUID.randomUUID();
    final TopicPartition partition = new TopicPartition(topic, 0);

    @AutoClose
    final LagMonitor monitor = monitor(TestServers.shared().ports().kafkaBrokers(), 1000, 10_000);

    static LagMonitor monitor(String brokers, int maxGroups, int maxPartitions) {
        KafkaClients kafka = KafkaProbe.clients(brokers);
        return new LagMonitor(
                new LagMonitor.Options(Duration.ofMillis(50), new LagEvaluator.Rules(0, 2), maxGroups, maxPartitions),
                kafka::adminProperties,
                () -> kafka.observerProperties("none"));
    }

    static KafkaConsumer<byte[], byte[]> consumer(String group) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        TestServers.shared().ports().kafkaBrokers(),
                        "group.id",
                        group,
                        "client.id",
                        "of-" + group,
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    static void commit(KafkaConsumer<?, ?> consumer, TopicPartition partition, long offset) {
        consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));
    }

    Optional<PartitionLag> found(String group) {
        return monitor.latest().find(group).stream()
                .flatMap(each -> each.partitions().stream())
                .filter(each -> each.partition().equals(partition))
                .findFirst();
    }
}
