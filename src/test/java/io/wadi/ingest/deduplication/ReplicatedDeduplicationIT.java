package io.wadi.ingest.deduplication;

import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.local.Ports;
import io.wadi.testing.BrokerProcess;
import io.wadi.testing.Nightly;
import io.wadi.testing.RouteProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances with a deduplicated topic on three brokers, of which two must be in sync. Brokers are killed with kill
 * -9 in turn while they lead partitions of the inbox, the answers, the group's offsets and the transactions, and
 * clients send each event until they have its receipt.
 */
@Nightly(because = "needs a replicated cluster")
class ReplicatedDeduplicationIT {
    private static final String TOPIC = "replicated-deduplication";
    private static final long EVENTS = 6_000;
    private static final int PER_BATCH = 5;
    private static final int CLIENTS = 8;
    private static final int KILLS = 4;
    private static final long SECONDS = 400;

    @TempDir
    private Path directory;

    @Test
    void brokersKilled_eventsResentUntilReceipts_areStoredOnce() throws Exception {
        List<BrokerProcess> brokers = BrokerProcess.startThreeWithOneController(directory);
        String addresses = BrokerProcess.addresses(brokers);
        List<Integer> ports = List.of(Ports.free(), Ports.free());
        List<RouteProcess> instances = new ArrayList<>();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", addresses))) {
            for (int port : ports) {
                instances.add(start(addresses, port));
            }
            try (RetryingClients clients = RetryingClients.start(ports, TOPIC, CLIENTS, PER_BATCH, 30, EVENTS)) {
                for (int kill = 0; kill < KILLS; kill++) {
                    long moment = EVENTS * (kill + 1) / (KILLS + 1);
                    await().atMost(ChildJvm.START_TIMEOUT.multipliedBy(2))
                            .until(() -> clients.acknowledged() >= moment);
                    // The first broker is the only controller.
                    BrokerProcess killed = brokers.get(1 + kill % 2);
                    killed.kill();
                    long after = clients.acknowledged();
                    await().atMost(ChildJvm.START_TIMEOUT.multipliedBy(2))
                            .until(() -> clients.acknowledged() > Math.min(after + CLIENTS * PER_BATCH, EVENTS - 1));
                    killed.startAgain();
                    awaitReplicas(admin);
                    // The restarted broker leads partitions again.
                    admin.electLeaders(ElectionType.PREFERRED, null)
                            .partitions()
                            .get();
                }
                clients.await(SECONDS);
                clients.check(addresses);
            }
        } finally {
            instances.forEach(RouteProcess::close);
            brokers.forEach(BrokerProcess::close);
        }
    }

    /** Waits until all replicas are in sync, so that the next broker can be killed. */
    private static void awaitReplicas(Admin admin) {
        await().atMost(ChildJvm.START_TIMEOUT.multipliedBy(2))
                .ignoreExceptionsInstanceOf(ExecutionException.class)
                .until(() -> admin
                        .describeTopics(List.of(
                                TOPIC,
                                TOPIC + ".inbox",
                                TOPIC + ".receipts",
                                "__transaction_state",
                                "__consumer_offsets"))
                        .allTopicNames()
                        .get()
                        .values()
                        .stream()
                        .map(TopicDescription::partitions)
                        .flatMap(List::stream)
                        .allMatch(each -> each.isr().size() == each.replicas().size()));
    }

    private RouteProcess start(String brokers, int port) throws IOException {
        Path topics = Files.writeString(directory.resolve("topics.yaml"), """
                topics:
                  - name: %s
                    partitions: 3
                    replication: 3
                    min-isr: 2
                    deduplicate: {within: 1h}
                    ingest: {over: [events], key: /number}
                  - {name: wadi.dead-letter, partitions: 1, replication: 3, min-isr: 2}
                """.formatted(TOPIC));
        RouteProcess started = RouteProcess.start(
                List.of("web-events"),
                line -> {},
                List.of(
                        "-Dwadi.kafka.brokers=" + brokers,
                        "-Dwadi.http.port=" + port,
                        "-Dwadi.topics-file=" + topics,
                        "-Dwadi.deduplication.group=" + TOPIC,
                        "-Dwadi.ingest.acknowledgement-timeout=5s"));
        started.awaitReady();
        return started;
    }
}
