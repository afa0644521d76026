package io.wadi.kafka.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.runtime.health.CheckResult;
import io.wadi.testing.AdjustableClock;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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
        probe = new HangingTransactions(
                () -> KafkaProbe.clients().adminProperties(Duration.ofSeconds(30)), () -> Set.of(topics), clock);
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
