package io.wadi.management.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
    @Test
    void settingsOfATopic_areThoseThatDifferFromTheDefaults_byName() {
        Config settings = new Config(
                List.of(new ConfigEntry("retention.ms", "1000"), new ConfigEntry("cleanup.policy", "compact")));

        assertThat(ClusterView.topicEntries(KafkaFuture.completedFuture(settings))
                        .orElseThrow())
                .extracting(ClusterView.Entry::name)
                .containsExactly("cleanup.policy", "retention.ms");
    }

    @Test
    void settingsThatWadiMayNotRead_areUnknown_notDefaults() {
        KafkaFutureImpl<Config> denied = new KafkaFutureImpl<>();
        denied.completeExceptionally(new TopicAuthorizationException(Set.of("orders")));

        Optional<List<ClusterView.Entry>> settings = ClusterView.topicEntries(denied);

        assertThat(settings).isEmpty();
    }
}
