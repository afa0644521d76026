package io.wadi.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.runtime.health.CheckResult;
import io.wadi.testing.AdjustableClock;
import io.wadi.testing.BrokerProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TopicProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Transactions that are open on a real broker, at different times of the probe's clock. */
final class HangingTransactionsIT {
    private static final Duration JUST_UNDER = HangingTransactions.LIMIT.minusSeconds(1);

    private final AdjustableClock clock = new AdjustableClock(Instant.EPOCH);
    private HangingTransactions probe;

    @AfterEach
    void close() {
        probe.close();
    }

    private void probe(String... topics) {
        probe(KafkaProbe.clients().adminProperties(Duration.ofSeconds(30)), topics);
    }

    private void probe(Properties client, String... topics) {
        probe = new HangingTransactions(() -> client, () -> Set.of(topics), clock);
    }

    @Test
    void transactionThatIsOpenForLong_isAFault_untilItEnds() throws Exception {
        String topic = "hanging";
        TopicProbe.create(topic, 2);
        KafkaProbe.send(new ProducerRecord<>(topic, 1, null, new byte[1]));
        probe(topic);
        KafkaProbe.inTransaction(topic, producer -> {
            send(producer, topic);
            assertUp();
            clock.pass(JUST_UNDER);
            send(producer, topic);
            assertUp();
            clock.pass(Duration.ofSeconds(1));
            assertThat(check())
                    .satisfies(result -> assertThat(result.isFault()).isTrue())
                    .extracting(CheckResult::message)
                    .asString()
                    .contains(" for more than 20m, since hanging-1@1: ");
            producer.commitTransaction();
        });

        await().untilAsserted(this::assertUp);
    }

    @Test
    void transactionsThatFollowEachOther_areNoFault() throws Exception {
        String topic = "hanging-not";
        TopicProbe.create(topic, 2);
        probe(topic);
        KafkaProbe.inTransaction(topic, producer -> {
            send(producer, topic);
            assertUp();
            clock.pass(JUST_UNDER);
            producer.commitTransaction();
            producer.beginTransaction();
            // Kafka accepts the record once the former transaction has ended.
            send(producer, topic);
            assertUp();
            clock.pass(JUST_UNDER);
            assertUp();
            producer.abortTransaction();
        });
    }

    @Test
    void topicsThatDoNotExist_areLeftOut() throws Exception {
        TopicProbe.create("hanging-exists", 3);
        probe("hanging-exists", "hanging-missing");

        assertThat(check()).isEqualTo(CheckResult.proof("no transaction hangs in 3 partitions"));
    }

    @Test
    @Nightly(because = "needs three brokers")
    void partitionThatCannotBeReadForAWhile_keepsItsTransaction(@TempDir Path directory) throws Exception {
        String topic = "hanging-without-a-leader";
        List<BrokerProcess> brokers = BrokerProcess.startThreeWithOneController(directory);
        Map<String, Object> client = Map.of(
                "bootstrap.servers",
                BrokerProcess.addresses(brokers),
                "transactional.id",
                topic,
                "transaction.timeout.ms",
                900_000);
        probe(KafkaProbe.clients(BrokerProcess.addresses(brokers)).adminProperties(Duration.ofSeconds(3)), topic);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BrokerProcess.addresses(brokers)))) {
            admin.createTopics(List.of(new NewTopic(topic, Map.of(0, List.of(1), 1, List.of(2)))
                            .configs(Map.of("min.insync.replicas", "1"))))
                    .all()
                    .get();
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, topic);
            await().untilAsserted(this::assertUp);
            clock.pass(HangingTransactions.LIMIT);

            brokers.get(1).freeze();
            await().until(() -> check().equals(CheckResult.proof("no transaction hangs in 1 partitions")));
            brokers.get(1).thaw();

            await().until(() -> check().message().contains(" for more than 20m, since " + topic + "-1@0: "));
        } finally {
            producer.close(Duration.ZERO);
            brokers.forEach(BrokerProcess::close);
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, String topic)
            throws ExecutionException, InterruptedException {
        producer.send(new ProducerRecord<>(topic, 1, null, new byte[1])).get();
    }

    private void assertUp() throws InterruptedException {
        assertThat(check()).isEqualTo(CheckResult.proof("no transaction hangs in 2 partitions"));
    }

    private CheckResult check() throws InterruptedException {
        return probe.check();
    }
}
