package io.wadi.metrics.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.metrics.alerts.Alert.State;
import io.wadi.metrics.alerts.AlertRule.Origin;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class StateBytesTest {
    private static final long NOW = 1_795_000_000_000L;

    @Test
    void states_roundTrip() {
        List<StoredState> states = List.of(
                new StoredState(1, null, State.INACTIVE, false, NOW, 0, 0),
                new StoredState(-7, origin(-7, Double.NaN), State.INACTIVE, true, 1, 0, 0),
                new StoredState(5L << 32, origin(5L << 32, 0.5), State.PENDING, false, NOW - 9, NOW - 10, 0),
                new StoredState(9, origin(9, -1), State.FIRING, true, NOW - 1, 1, NOW - 500));

        assertThat(StateBytes.read(StateBytes.write(states))).isEqualTo(states);
        assertThat(StateBytes.read(StateBytes.write(List.of()))).isEmpty();
    }

    /** Later versions of Wadi must read states stored by this one: these bytes must never change. */
    @Test
    void version1_isStillRead() {
        byte[] whole = HexFormat.of()
                .parseHex("01" + "000001a1ee565e00" + "0000000000000001" + "0000" + "0000000000000009" + "0a0a901c8803"
                        + "000141" + "000468696768" + "4000000000000000" + "01" + "000161" + "000162");

        assertThat(StateBytes.read(whole))
                .isEqualTo(List.of(
                        new StoredState(1, null, State.INACTIVE, false, 1_795_000_000_000L, 0, 0),
                        new StoredState(
                                9,
                                new Origin(9, "A", "high", Map.of("a", "b"), 2),
                                State.FIRING,
                                false,
                                1_794_999_999_990L,
                                1_794_999_996_390L,
                                1_794_999_999_598L)));
        assertThat(StateBytes.write(StateBytes.read(whole))).isEqualTo(whole);
    }

    @Test
    void state_isCompact() {
        List<StoredState> states = Stream.iterate(0, i -> i + 1)
                .limit(20)
                .map(i -> new StoredState(i, null, State.INACTIVE, false, NOW - i * 1000L, 0, 0))
                .toList();

        assertThat(StateBytes.write(states)).hasSizeLessThan(250);
    }

    @Test
    void bytes_ofAnotherVersion_areRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StateBytes.read(new byte[] {2, 0, 0}))
                .withMessage("alert state of 3 bytes: found version 2, expected 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StateBytes.read(new byte[0]))
                .withMessage("alert state of 0 bytes: truncated");
    }

    @Property(tries = 2000)
    void truncatedOrChangedBytes_areReadOrRejected(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = StateBytes.write(List.of(
                new StoredState(5, origin(5, 0.5), State.PENDING, false, NOW, NOW - 10, 0),
                new StoredState(9, origin(9, -1), State.FIRING, true, NOW - 1, NOW - 1000, NOW - 500)));
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        try {
            StateBytes.read(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
        } catch (IllegalArgumentException refused) {
            assertThat(refused).hasMessageStartingWith("alert state of ");
        }
    }

    private static Origin origin(long fingerprint, double threshold) {
        return new Origin(fingerprint, "Cpu high", "warning", Map.of("team", "wéb"), threshold);
    }
}
