package io.wadi.kafka.partitions;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.wadi.testing.AdjustableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two consumers of one group: the former owner of a partition notices late that it lost it. */
class PartitionStatesTest {
    private static final TopicPartition PARTITION = new TopicPartition("orders", 1);

    private final AdjustableClock clock = new AdjustableClock(Instant.EPOCH);
    private final PartitionStates states = new PartitionStates(new SimpleMeterRegistry(), clock);
    private final PartitionStates.GroupStates former = states.group("shop");
    private final PartitionStates.GroupStates owner = states.group("shop");

    @BeforeEach
    void assign() {
        former.assigned(PARTITION);
        owner.assigned(PARTITION);
    }

    @Test
    void releaseByTheFormerOwner_keepsTheState() {
        former.released(PARTITION);

        assertThat(states.all()).extracting(PartitionStates.State::partition).containsExactly(PARTITION);
        assertThat(states.topics()).containsExactly("orders");
        assertThat(states.findStuck(Duration.ZERO)).isPresent();
        owner.failed(PARTITION, 3, "x");
        assertThat(owner.lastingFailure(PARTITION)).contains("orders-1@3: x");

        owner.released(PARTITION);
        assertThat(states.all()).isEmpty();
        assertThat(states.findStuck(Duration.ZERO)).isEmpty();
    }

    @Test
    void reportsOfTheFormerOwner_haveNoEffect() {
        owner.failed(PARTITION, 3, "x");

        former.recovered(PARTITION);
        former.failed(PARTITION, 1, "y");
        former.progressed(PARTITION, OptionalLong.of(9), (before, unread, now) -> {
            throw new AssertionError("not the owner");
        });

        assertThat(states.all()).extracting(PartitionStates.State::offset).containsExactly(3L);
        assertThat(owner.lastingFailure(PARTITION)).contains("orders-1@3: x");
        assertThat(former.lastingFailure(PARTITION)).isEmpty();
    }

    @Test
    void consecutiveFailures_areCounted_sinceTheFirst() {
        clock.pass(Duration.ofSeconds(1));
        owner.failed(PARTITION, 3, "x");
        clock.pass(Duration.ofSeconds(1));
        owner.failed(PARTITION, 4, "y");

        assertThat(states.all())
                .containsExactly(new PartitionStates.State("shop", PARTITION, "y", 4, 2, Instant.ofEpochSecond(1)));

        owner.recovered(PARTITION);
        assertThat(states.all())
                .containsExactly(new PartitionStates.State("shop", PARTITION, null, -1, 0, Instant.ofEpochSecond(2)));
        owner.failed(PARTITION, 5, "z");
        assertThat(states.all()).extracting(PartitionStates.State::attempts).containsExactly(1);
    }

    @Test
    void topicWithoutAnIdInTheLastUpdate_isUnknown() {
        Uuid id = Uuid.randomUuid();
        states.identify(Map.of("orders", id), 1);
        states.identify(Map.of("prices", id), 2);

        assertThat(owner.topicId("orders")).isEmpty();
        assertThat(owner.topicId("prices")).contains(new PartitionStates.TopicId(id, 2));
    }
}
