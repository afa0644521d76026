package io.wadi.ingest.receipts;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.local.ChildJvm;
import io.wadi.testing.BrokerProcess;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Receipts with dead letters on three brokers, one of which is killed with kill -9. */
@Nightly(
        perChange = {
            "DeadLetterIndexIT#partitionWithoutAnEnd_leavesItBehind_andContinuesWhereItWas",
            "KafkaResultsTest#keyWithoutAResponse_doesNotDelayOthers_andIsRequestedOnce",
            "ReceiptStateTest#isComplete_isFalseIfATargetHasAProblem"
        })
class DeadLettersWithoutALeaderIT {
    private static final Duration SOON = ChildJvm.START_TIMEOUT;
    private static final String TOPIC = "without-a-leader";
    private static final String DEAD_LETTERS = TOPIC + "-dead-letters";
    private static final String GROUP = TOPIC + "-landing";
    private static final Receipt RECEIPT = new Receipt(new TopicPartition(TOPIC, 0), 0);
    /** The broker that is never killed; the other leaders of partitions are on {@link #KILLED}. */
    private static final int CONTROLLER = 1;

    private static final int KILLED = 2;

    @TempDir
    private Path directory;

    private List<BrokerProcess> brokers;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        brokers = BrokerProcess.startThreeWithOneController(directory);
        Map<String, Object> client = Map.of("bootstrap.servers", BrokerProcess.addresses(brokers));
        admin = Admin.create(client);
        admin.createTopics(List.of(
                        topic(TOPIC, Map.of(0, List.of(CONTROLLER))),
                        topic(DEAD_LETTERS, Map.of(0, List.of(CONTROLLER), 1, List.of(KILLED)))))
                .all()
                .get();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(TOPIC, 0, null, "{}".getBytes(UTF_8)))
                    .get();
        }
        admin.alterConsumerGroupOffsets(GROUP, Map.of(RECEIPT.partition(), new OffsetAndMetadata(1)))
                .all()
                .get();
    }

    private static NewTopic topic(String name, Map<Integer, List<Integer>> replicas) {
        return new NewTopic(name, replicas).configs(Map.of("min.insync.replicas", "1"));
    }

    @AfterEach
    void stop() {
        admin.close();
        brokers.forEach(BrokerProcess::close);
    }

    private static Map<String, Object> state(ReceiptStates states) throws Exception {
        return states.query(List.of(RECEIPT), Duration.ZERO).get().get(RECEIPT).fields();
    }

    @Test
    void receipts_areAnswered_withAProblem_untilAllPartitionsHaveLeaders() throws Exception {
        KafkaClients kafka = KafkaProbe.clients(BrokerProcess.addresses(brokers));
        BrokerProcess killed = brokers.get(KILLED - 1);
        killed.kill();
        await().atMost(SOON).until(() -> leaders() == 1);
        try (ReceiptStates states = new ReceiptStates(
                kafka,
                new DefaultCamelContext(),
                () -> Set.of(new ReceiptStatesIT.Landed(GROUP).answering()),
                DEAD_LETTERS,
                1000,
                Duration.ZERO)) {
            // The group's coordinator may have been the killed broker.
            await().atMost(SOON)
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .untilAsserted(() -> assertThat(state(states).toString())
                            .contains("landed={state=landed, file=/f0, problem=it may have been rejected: the"
                                    + " dead-letter topic has not been read to its end yet"));

            killed.startAgain();
            await().atMost(SOON)
                    .ignoreExceptionsInstanceOf(ExecutionException.class)
                    .untilAsserted(() -> assertThat(state(states).toString())
                            .contains("landed={state=landed, file=/f")
                            .doesNotContain("problem"));
        }
    }

    private long leaders() throws InterruptedException, ExecutionException {
        return admin.describeTopics(List.of(DEAD_LETTERS)).allTopicNames().get().get(DEAD_LETTERS).partitions().stream()
                .filter(each -> each.leader() != null && !each.leader().isEmpty())
                .count();
    }
}
