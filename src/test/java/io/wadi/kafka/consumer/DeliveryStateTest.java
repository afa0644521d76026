package io.wadi.kafka.consumer;

import static io.wadi.kafka.consumer.DeliveryState.BACKING_OFF;
import static io.wadi.kafka.consumer.DeliveryState.DELIVERING;
import static io.wadi.kafka.consumer.DeliveryState.FAILED;
import static io.wadi.kafka.consumer.DeliveryState.IDLE;
import static io.wadi.kafka.consumer.DeliveryState.RELEASED;
import static io.wadi.kafka.consumer.DeliveryState.RETRIED;
import static io.wadi.kafka.consumer.DeliveryState.RETRYING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.wadi.kafka.consumer.DeliveryState.Transition;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every transition in every state follows the table, or is rejected and changes nothing. */
final class DeliveryStateTest {
    private static final TopicPartition PARTITION = new TopicPartition("events", 3);

    /** The state after each transition; a dash if the transition is rejected. */
    private static final String TABLE = """
                    FETCH      CLAIM      COMPLETE   FAIL   REWIND      RESUME   RECOVER    SKIP        TRUNCATE    RELEASE
        IDLE        DELIVERING -          -          -      -           -        -          IDLE        IDLE        RELEASED
        DELIVERING  DELIVERING DELIVERING DELIVERING FAILED -           -        -          DELIVERING  DELIVERING  RELEASED
        FAILED      -          -          FAILED     FAILED BACKING_OFF -        -          FAILED      FAILED      RELEASED
        BACKING_OFF -          -          -          FAILED -           RETRYING -          BACKING_OFF BACKING_OFF RELEASED
        RETRYING    RETRIED    -          -          FAILED -           -        DELIVERING RETRIED     RETRYING    RELEASED
        RETRIED     RETRIED    RETRIED    RETRIED    FAILED -           -        DELIVERING RETRIED     RETRIED     RELEASED
        RELEASED    -          -          -          -      -           -        -          -           -           -
        """;

    /** The transitions that lead to each state. */
    private static final Map<DeliveryState, List<Transition>> PATHS = new EnumMap<>(Map.of(
            IDLE, List.of(),
            DELIVERING, List.of(Transition.FETCH),
            FAILED, List.of(Transition.FETCH, Transition.FAIL),
            BACKING_OFF, List.of(Transition.FETCH, Transition.FAIL, Transition.REWIND),
            RETRYING, List.of(Transition.FETCH, Transition.FAIL, Transition.REWIND, Transition.RESUME),
            RETRIED, List.of(Transition.FETCH, Transition.FAIL, Transition.REWIND, Transition.RESUME, Transition.FETCH),
            RELEASED, List.of(Transition.RELEASE)));

    /** The call that causes each transition. */
    private static final Map<Transition, Consumer<OwnedPartition>> STEPS = new EnumMap<>(Map.of(
            Transition.FETCH, partition -> partition.fetched(5, 9, 10),
            Transition.CLAIM, partition -> partition.claim(new IdleSink()),
            Transition.COMPLETE, partition -> partition.done(5),
            Transition.FAIL, partition -> partition.failed(5, new IOException("x")),
            Transition.REWIND, partition -> partition.rewind(0),
            Transition.RESUME, partition -> partition.resume(Long.MAX_VALUE),
            Transition.RECOVER, partition -> partition.recover(() -> true),
            Transition.SKIP, partition -> partition.skipTo(5),
            Transition.TRUNCATE, partition -> partition.truncatedTo(5),
            Transition.RELEASE, partition -> partition.release(false)));

    static Stream<Arguments> table() {
        List<String> lines = TABLE.lines().map(String::strip).toList();
        List<String> transitions = Arrays.asList(lines.get(0).split(" +"));
        return lines.stream()
                .skip(1)
                .map(line -> line.split(" +"))
                .flatMap(row -> transitions.stream()
                        .map(name -> Arguments.of(
                                DeliveryState.valueOf(row[0]),
                                Transition.valueOf(name),
                                row[1 + transitions.indexOf(name)])));
    }

    private static OwnedPartition in(DeliveryState state) {
        OwnedPartition partition = new OwnedPartition(PARTITION, false);
        PATHS.get(state).forEach(transition -> STEPS.get(transition).accept(partition));
        assertThat(partition.state()).isEqualTo(state);
        return partition;
    }

    @Test
    void table_hasEveryStateAndTransition() {
        assertThat(table()).hasSize(DeliveryState.values().length * Transition.values().length);
    }

    @ParameterizedTest
    @MethodSource("table")
    void transition_followsTheTable_orIsRejected(DeliveryState from, Transition transition, String to) {
        if (!to.equals("-")) {
            assertThat(from.after(transition, PARTITION)).isEqualTo(DeliveryState.valueOf(to));
            return;
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> from.after(transition, PARTITION))
                .withMessage("Partition events-3: transition %s is not allowed in state %s, expected one of %s"
                        .formatted(transition, from, DeliveryState.allowing(transition)));
    }

    @ParameterizedTest
    @MethodSource("table")
    void partitionStep_followsTheTable_orChangesNothing(DeliveryState from, Transition transition, String to) {
        OwnedPartition partition = in(from);
        long safe = partition.safe();
        long delivered = partition.delivered();
        Exception failure = partition.failure();

        if (!to.equals("-")) {
            STEPS.get(transition).accept(partition);
            assertThat(partition.state()).isEqualTo(DeliveryState.valueOf(to));
        } else if (transition == Transition.RESUME) {
            assertThat(partition.resume(Long.MAX_VALUE)).isFalse();
        } else if (transition == Transition.RECOVER) {
            assertThat(partition.recover(() -> false)).isFalse();
        } else {
            assertThatIllegalStateException()
                    .isThrownBy(() -> STEPS.get(transition).accept(partition))
                    .withMessageContainingAll("events-3", from.name(), transition.name());
        }
        if (to.equals("-")) {
            assertThat(partition.state()).isEqualTo(from);
            assertThat(partition.sink()).isNull();
            assertThat(partition.safe()).isEqualTo(safe);
            assertThat(partition.delivered()).isEqualTo(delivered);
            assertThat(partition.failure()).isSameAs(failure);
        }
    }
}
