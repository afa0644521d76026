package io.wadi.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.topics.TopicsInSync;
import io.wadi.local.ChildJvm;
import io.wadi.runtime.health.CheckResult;
import io.wadi.testing.BrokerProcess;
import io.wadi.testing.EventLoad;
import io.wadi.testing.EventLoad.Receipt;
import io.wadi.testing.Nightly;
import io.wadi.testing.RunningWadi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ingest on three brokers, with a topic of three replicas of which two must be in sync. Under load, a leader is killed
 * with kill -9, later a second broker, which is then restarted. Finally the receipts are compared with Kafka.
 */
@Nightly(because = "needs a replicated cluster")
class ReplicatedReceiptsIT {
    private static final Duration SOON = ChildJvm.START_TIMEOUT;
    private static final String TOPIC = "replicated-receipts";
    private static final String DEAD_LETTERS = "wadi.dead-letter";
    /** The brokers' default is three replicas: the two of the dead-letter topic show that the declaration applies. */
    private static final String TOPICS = """
            topics:
              - {name: %s, partitions: 3, replication: 3, min-isr: 2, ingest: {over: [events], key: /number}}
              - {name: %s, partitions: 1, replication: 2}
            """.formatted(TOPIC, DEAD_LETTERS);

    private static final int PARTITIONS = 3;
    /** The broker that is never killed. */
    private static final int CONTROLLER = 1;

    private static final int CLIENTS = 6;
    private static final int PER_SECOND = 20;
    private static final int EVENTS = 20;

    @TempDir
    private Path directory;

    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, Receipt> receipts = new HashMap<>();
    private List<BrokerProcess> brokers;
    private Admin admin;

    @BeforeEach
    void start() throws Exception {
        brokers = BrokerProcess.startThreeWithOneController(directory);
        admin = Admin.create(Map.of("bootstrap.servers", BrokerProcess.addresses(brokers)));
    }

    @AfterEach
    void stop() {
        admin.close();
        brokers.forEach(BrokerProcess::close);
    }

    @Test
    void receiptsMatchRecordsAfterALeaderIsKilled_andRequireTwoInSyncReplicas() throws Exception {
        Path configuration = Files.createDirectories(directory.resolve("configuration"));
        Files.writeString(configuration.resolve("topics.yaml"), TOPICS);
        try (RunningWadi wadi = RunningWadi.startIngest(
                configuration, BrokerProcess.addresses(brokers), Map.of("wadi.ingest.acknowledgement-timeout", "2s"))) {
            int killed;
            try (EventLoad load = send(wadi)) {
                awaitReceiptsOfAllPartitions(load);
                assertTopicsAreAsDeclared();
                killed = killALeader();
                awaitReceiptsOfAllPartitions(load);
                end(load);
            }

            BrokerProcess second = broker(IntStream.rangeClosed(1, brokers.size())
                    .filter(id -> id != CONTROLLER && id != killed)
                    .findFirst()
                    .orElseThrow());
            second.kill();
            try (EventLoad load = send(wadi)) {
                awaitPartitions("one replica in sync", each -> each.isr().size() == 1);
                // Until each client must have sent a request with one replica in sync.
                int refused = load.refused();
                await().atMost(SOON)
                        .until(() -> load.refused() >= refused + 2 * CLIENTS
                                || !load.receipts().isEmpty());
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(inSync().message())
                                .contains(TOPIC
                                        + "-0 has 1 of 3 replicas in sync, fewer than the 2 that min.insync.replicas=2"
                                        + " requires: it rejects records"));
                assertThat(load.receipts())
                        .as("receipts with one replica in sync")
                        .isEmpty();

                second.startAgain();
                awaitReceiptsOfAllPartitions(load);
                end(load);
            }
            ReceiptCheck.check(BrokerProcess.addresses(brokers), TOPIC, receipts);
        }
    }

    private CheckResult inSync() throws InterruptedException {
        Properties client = new Properties();
        client.put("bootstrap.servers", BrokerProcess.addresses(brokers));
        try (TopicsInSync probe = new TopicsInSync(() -> client, () -> Set.of(TOPIC), (ids, nanos) -> {})) {
            return probe.check();
        }
    }

    private EventLoad send(RunningWadi wadi) {
        return EventLoad.start(wadi.eventsPort(), TOPIC, CLIENTS, PER_SECOND, numbers);
    }

    /** Stops the clients and asserts that each request was answered, with a receipt or with 503 and Retry-After. */
    private void end(EventLoad load) throws InterruptedException {
        load.close();
        assertThat(load.unanswered()).isEmpty();
        receipts.putAll(load.receipts());
    }

    /** Waits for further receipts of each partition. */
    private static void awaitReceiptsOfAllPartitions(EventLoad load) {
        Set<Integer> before = Set.copyOf(load.receipted());
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int number = partition;
            await("receipts of partition " + number)
                    .atMost(SOON)
                    .until(() -> load.receipts().entrySet().stream()
                                    .filter(each -> each.getValue().partition() == number)
                                    .filter(each -> !before.contains(each.getKey()))
                                    .count()
                            >= EVENTS);
        }
    }

    /** Kills the leader of a partition; returns its id once the partition has another one. */
    private int killALeader() throws Exception {
        int leader = await("a leader that is not the controller")
                .atMost(SOON)
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .until(this::anotherLeader, OptionalInt::isPresent)
                .getAsInt();
        broker(leader).kill();
        awaitPartitions(
                "another leader than broker " + leader,
                each -> each.leader() != null
                        && !each.leader().isEmpty()
                        && each.leader().id() != leader);
        return leader;
    }

    /** Returns a leader that may be killed. If brokers started slowly, the first one may lead all partitions. */
    private OptionalInt anotherLeader() throws ExecutionException, InterruptedException {
        admin.electLeaders(ElectionType.PREFERRED, null).partitions().get();
        return partitions().stream()
                .mapToInt(each -> each.leader().id())
                .filter(leader -> leader != CONTROLLER)
                .findFirst();
    }

    private BrokerProcess broker(int id) {
        return brokers.get(id - 1);
    }

    private void awaitPartitions(String what, Predicate<TopicPartitionInfo> condition) {
        await(what)
                .atMost(SOON)
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .until(() -> partitions().stream().allMatch(condition));
    }

    private List<TopicPartitionInfo> partitions() throws ExecutionException, InterruptedException {
        return partitions(TOPIC);
    }

    private List<TopicPartitionInfo> partitions(String topic) throws ExecutionException, InterruptedException {
        return admin.describeTopics(List.of(topic))
                .topicNameValues()
                .get(topic)
                .get()
                .partitions();
    }

    private void assertTopicsAreAsDeclared() throws Exception {
        assertThat(partitions(TOPIC))
                .hasSize(PARTITIONS)
                .allSatisfy(each -> assertThat(each.replicas()).hasSize(3));
        assertThat(partitions(DEAD_LETTERS))
                .hasSize(1)
                .allSatisfy(each -> assertThat(each.replicas()).hasSize(2));
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, TOPIC);
        ConfigEntry minimum = admin.describeConfigs(List.of(resource))
                .values()
                .get(resource)
                .get()
                .get(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        assertThat(minimum.value()).isEqualTo("2");
        assertThat(minimum.source()).isEqualTo(ConfigSource.DYNAMIC_TOPIC_CONFIG);
    }
}
