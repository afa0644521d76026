package io.wadi.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.kafka.groups.GroupsAdmin;
import io.wadi.local.ChildJvm;
import io.wadi.testing.EventLoad;
import io.wadi.testing.EventLoad.Receipt;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.Http;
import io.wadi.testing.Nightly;
import io.wadi.testing.OldKafka;
import io.wadi.testing.RunningWadi;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ingest and landing on the oldest supported broker: Kafka 3.9. */
@Nightly(because = "needs a broker of the oldest supported version")
class OldBrokerIT {
    private static final String TOPIC = "old-broker";
    private static final int EVENTS = 200;

    private static final String TOPICS = """
            topics:
              - {name: %s, partitions: 2, replication: 1, ingest: {over: [events], key: /number}}
              - {name: wadi.dead-letter, partitions: 1, replication: 1}
            """.formatted(TOPIC);

    @TempDir
    private Path directory;

    private RunningWadi start(OldKafka kafka, String protocol) throws Exception {
        Path configuration = Files.createDirectories(directory.resolve("configuration"));
        Path topics = Files.writeString(configuration.resolve("topics.yaml"), TOPICS);
        return RunningWadi.startRoutes(
                configuration,
                List.of("web-events", "landing"),
                Map.of(
                        "wadi.kafka.brokers",
                        kafka.brokers(),
                        "wadi.kafka.group-protocol",
                        protocol,
                        "wadi.topics-file",
                        topics.toString(),
                        "wadi.landing.topics",
                        TOPIC,
                        "wadi.landing.group",
                        TOPIC,
                        "wadi.landing.directory",
                        "/" + TOPIC,
                        "wadi.landing.roll-interval",
                        "1s"));
    }

    @Test
    void events_getReceipts_andAreLandedOnce() throws Exception {
        try (OldKafka kafka = OldKafka.start(Files.createDirectories(directory.resolve("kafka")))) {
            assertThatConsumersFail_withTheConsumerProtocol(kafka);
            assertThatEventsLand(kafka);
        }
    }

    /** The consumer protocol is a preview in Kafka 3.9, and disabled. */
    private void assertThatConsumersFail_withTheConsumerProtocol(OldKafka kafka) throws Exception {
        try (RunningWadi wadi = start(kafka, "consumer")) {
            await().atMost(ChildJvm.START_TIMEOUT)
                    .untilAsserted(() -> assertThat(Http.get(wadi.managementUrl() + "/observe/health")
                                    .body())
                            .contains(
                                    "\"name\":\"wadi-consumers\",\"status\":\"DOWN\"",
                                    "landing: polls fail since ",
                                    "The cluster does not support the new CONSUMER group protocol"));
        }
    }

    private void assertThatEventsLand(OldKafka kafka) throws Exception {
        try (RunningWadi wadi = start(kafka, "classic")) {
            Map<Integer, Receipt> receipts;
            try (EventLoad load = EventLoad.start(wadi.eventsPort(), TOPIC, 4, 50, new AtomicInteger())) {
                await().atMost(ChildJvm.START_TIMEOUT)
                        .until(() -> load.receipts().size() >= EVENTS);
                load.close();
                receipts = load.receipts();
            }
            ReceiptCheck.check(kafka.brokers(), TOPIC, receipts);
            await().atMost(ChildJvm.START_TIMEOUT)
                    .until(() -> HdfsProbe.coveredOffsets("/" + TOPIC, TOPIC) >= receipts.size());
            assertThat(HdfsProbe.landed("/" + TOPIC, TOPIC).stream()
                            .mapToLong(file -> file.lines().size())
                            .sum())
                    .isGreaterThanOrEqualTo(receipts.size());
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.brokers()))) {
                assertThat(new GroupsAdmin(admin).list())
                        .anySatisfy(group -> assertThat(group)
                                .extracting(GroupsAdmin.Listed::group, GroupsAdmin.Listed::type)
                                .containsExactly(TOPIC, "Classic"));
            }
        }
    }
}
