package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.testing.KafkaProbe;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class StateHistoryIT {
    private static final StateLayout COUNT = new StateLayout(
            Map.of("main-1", "count"), Map.of("main-1", ".a"), Map.of(), Set.of("app-main-1-changelog"));

    @AutoClose
    private final Admin admin = Admin.create(KafkaProbe.clients().adminProperties());

    private final StateHistory history =
            new StateHistory(KafkaProbe.clients()::readerProperties, KafkaProbe.clients()::producerWithin);

    @Test
    void layoutThatContinues_isStored_andAnotherOneIsRejected() throws Exception {
        String application = "state-history";
        StateLayout sum = new StateLayout(Map.of("main-1", "sum"), COUNT.arms(), Map.of(), COUNT.topics());
        StateLayout newArm =
                new StateLayout(COUNT.state(), Map.of("main-1", ".b"), Map.of(), Set.of("app-main-1-final"));

        assertThat(history.continueWith(application, COUNT, admin)).isEmpty();
        assertThat(history.continueWith(application, COUNT, admin)).isEmpty();
        assertThat(history.continueWith(application, sum, admin))
                .isEqualTo(Map.of("main-1", "main-1 is sum, but the existing state is count"));
        assertThat(history.continueWith(application, newArm, admin)).isEmpty();
        assertThat(stored(application)).hasSize(2);

        StateLayout moved = new StateLayout(
                Map.of("main-1", "count", "main-2", "count"),
                Map.of("main-1", ".c", "main-2", ".b"),
                Map.of(),
                Set.of());
        assertThat(history.continueWith(application, moved, admin)).containsOnlyKeys("main-2");
        assertThat(history.topics(application, admin))
                .containsExactlyInAnyOrder(
                        "state-history-state.layout-changelog", "app-main-1-changelog", "app-main-1-final");
    }

    @Test
    void firstOfTwoLayouts_isValid() throws Exception {
        String application = "state-history-race";
        assertThat(history.continueWith(application, COUNT, admin)).isEmpty();
        KafkaProbe.send(new ProducerRecord<>(
                topic(application), "{\"state\":{\"main-1\":\"sum\"},\"arms\":{},\"topics\":[]}".getBytes(UTF_8)));

        assertThat(history.continueWith(application, COUNT, admin)).isEmpty();
        assertThat(stored(application)).hasSize(2);
    }

    @Test
    void topologyWithoutState_hasNoTopic_unlessAPreviousVersionHadState() throws Exception {
        String application = "state-history-stateless";
        StateLayout stateless = new StateLayout(Map.of(), Map.of(), Map.of(), Set.of());
        assertThat(history.continueWith(application, stateless, admin)).isEmpty();
        assertThat(admin.listTopics().names().get()).doesNotContain(topic(application));

        assertThat(history.continueWith(application, COUNT, admin)).isEmpty();
        assertThat(history.continueWith(application, stateless, admin))
                .containsEntry("main-1", "main-1 is missing (count), and its state would be orphaned");

        admin.deleteTopics(List.of(topic(application))).all().get();
        await().untilAsserted(() ->
                assertThat(history.continueWith(application, stateless, admin)).isEmpty());
    }

    private static List<?> stored(String application) {
        return KafkaProbe.readAll(topic(application));
    }

    private static String topic(String application) {
        return application + "-state.layout-changelog";
    }
}
