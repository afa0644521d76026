package io.wadi.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.wadi.local.ChildJvm;
import io.wadi.local.KafkaProcess;
import io.wadi.testing.BrokerProcess;
import io.wadi.testing.Nightly;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests for offsets to brokers that are frozen or killed. */
class AdminRequestsIT {
    private static final String TOPIC = "offsets";
    private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
    private static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);
    private static final TopicPartition NONEXISTENT = new TopicPartition(TOPIC, 2);

    private static Admin admin(String brokers) {
        return Admin.create(
                Map.of("bootstrap.servers", brokers, "request.timeout.ms", "3000", "default.api.timeout.ms", "3000"));
    }

    @Test
    void unresponsiveKafka_isNotAMissingLeader(@TempDir Path directory) throws Exception {
        try (KafkaProcess kafka = KafkaProcess.start(directory);
                Admin admin = admin(kafka.brokers())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            await().ignoreExceptions()
                    .until(() -> AdminRequests.knownOffsets(admin, List.of(FIRST), OffsetSpec.latest())
                            .equals(Map.of(FIRST, 0L)));

            kafka.freeze();
            try {
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> AdminRequests.knownOffsets(admin, List.of(FIRST), OffsetSpec.latest()));
            } finally {
                kafka.thaw();
            }
        }
    }

    @Test
    @Nightly(because = "needs three brokers")
    void partitionsWithoutALeader_andNonexistentOnes_areOmitted(@TempDir Path directory) throws Exception {
        List<BrokerProcess> brokers = BrokerProcess.startThreeWithOneController(directory);
        try (Admin admin = admin(BrokerProcess.addresses(brokers))) {
            admin.createTopics(List.of(new NewTopic(TOPIC, Map.of(0, List.of(1), 1, List.of(2)))))
                    .all()
                    .get();
            brokers.get(1).kill();

            await().atMost(ChildJvm.START_TIMEOUT).untilAsserted(() -> {
                AdminRequests.Offsets found =
                        AdminRequests.tryOffsets(admin, List.of(FIRST, SECOND, NONEXISTENT), OffsetSpec.latest());
                assertThat(found.known()).isEqualTo(Map.of(FIRST, 0L));
                assertThat(found.failures().get(SECOND)).isInstanceOf(LeaderNotAvailableException.class);
                assertThat(found.failures().get(NONEXISTENT)).isInstanceOf(UnknownTopicOrPartitionException.class);
            });
            assertThat(AdminRequests.knownOffsets(admin, List.of(FIRST, SECOND), OffsetSpec.latest()))
                    .isEqualTo(Map.of(FIRST, 0L));
        } finally {
            brokers.forEach(BrokerProcess::close);
        }
    }
}
