package io.wadi.kafka.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;

/** Commits to a Kafka with topic {@code kept}, while topic {@code deleted} is deleted. */
class OffsetCommitsTest {
    private final Set<String> topics = new TreeSet<>(Set.of("kept", "deleted"));
    private final List<String> requests = new ArrayList<>();
    private boolean isAvailable = true;
    private long nanos;
    private final OffsetCommits commits = new OffsetCommits(this::commit, topics::contains, () -> nanos);

    /** Repeats a commit until the timeout, as Kafka's client does. */
    private void commit(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        Set<String> committed = new TreeSet<>();
        offsets.keySet().forEach(each -> committed.add(each.topic()));
        requests.add(committed + " " + timeout.toSeconds() + " s");
        if (!isAvailable || !topics.containsAll(committed)) {
            nanos += timeout.toNanos();
            throw new TimeoutException("planned");
        }
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(String... of) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (String topic : of) {
            offsets.put(new TopicPartition(topic, 0), new OffsetAndMetadata(1));
        }
        return offsets;
    }

    @Test
    void existingTopics_areCommittedAtOnce() {
        commits.commit(offsets("kept", "deleted"));

        assertThat(requests).containsExactly("[deleted, kept] 1 s");
    }

    @Test
    void deletedTopic_delaysNeitherOthersNorFurtherCommits() {
        topics.remove("deleted");

        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(() -> commits.commit(offsets("kept", "deleted")))
                    .isInstanceOf(UnknownTopicOrPartitionException.class)
                    .hasMessage("deleted topics: deleted");
        }

        assertThat(requests).hasSize(31).startsWith("[deleted, kept] 1 s", "[kept] 9 s", "[kept] 1 s");
        assertThat(nanos).isEqualTo(Duration.ofSeconds(1).toNanos());
    }

    @Test
    void topicThatIsCreatedAgain_isCommittedLater() {
        topics.remove("deleted");
        assertThatThrownBy(() -> commits.commit(offsets("deleted")))
                .isInstanceOf(UnknownTopicOrPartitionException.class);
        topics.add("deleted");
        nanos += Duration.ofSeconds(6).toNanos();

        commits.commit(offsets("deleted"));

        assertThat(requests).containsExactly("[deleted] 1 s", "[deleted] 1 s");
    }

    @Test
    void unavailableKafka_isAwaited() {
        isAvailable = false;

        assertThatThrownBy(() -> commits.commit(offsets("kept"))).isInstanceOf(TimeoutException.class);

        assertThat(nanos).isEqualTo(Duration.ofSeconds(10).toNanos());
    }
}
