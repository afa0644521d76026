package io.wadi.kafka.topics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.apache.kafka.common.InvalidRecordException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PartitioningTest {
    private static final Partitioning PINNED = new Partitioning(null, Map.of("Pangyo", 0), Partitioning.SPREAD);
    private static final Partitioning BY_CUSTOMER = new Partitioning("customer", Map.of(), Partitioning.SPREAD);
    private static final Partitioning STRICT = new Partitioning("customer", Map.of("x", 5), Partitioning.REFUSE);

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"Busan, 2", "wonyoung, 0", "somin, 2", "1234568, 2", "12347777, 0", "Pangyo, 1"})
    void partition_wholeKey_usesKafkasHash(String key, int partition) {
        assertThat(Partitioning.DEFAULT.partition(bytes(key), 3)).isEqualTo(partition);
    }

    @Test
    void partition_pinnedKey_isItsPinnedPartition_othersAreHashed() {
        assertThat(PINNED.partition(bytes("Pangyo"), 3)).isZero();
        assertThat(PINNED.partition(bytes("Busan"), 3)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"customer\":\"1234568\",\"date\":\"2026-11-19\"}",
                "{\"date\":\"2026-11-20\",\"customer\":\"1234568\"}",
                " { \"customer\" : 1234568 } "
            })
    void partition_fieldOfTheKey_ignoresOtherFields(String key) {
        assertThat(BY_CUSTOMER.partition(bytes(key), 3)).isEqualTo(2);
    }

    @Test
    void partition_fieldThatIsNotText_hashesItsCompactJson() {
        assertThat(BY_CUSTOMER.partition(bytes("{\"customer\": {\"id\": 1}}"), 1000))
                .isEqualTo(Partitioning.DEFAULT.partition(bytes("{\"id\":1}"), 1000));
    }

    @Test
    void partition_pinnedField_isItsPinnedPartition() {
        Partitioning pinned = new Partitioning("city", Map.of("Pangyo", 0), Partitioning.SPREAD);

        assertThat(pinned.partition(bytes("{\"city\":\"Pangyo\"}"), 3)).isZero();
        assertThat(pinned.partition(bytes("Pangyo"), 3)).isEqualTo(Partitioning.SPREAD);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "1234568",
                "\"customer\"",
                "[\"customer\"]",
                "{}",
                "{\"customer\":null}",
                "{\"Customer\":\"a\"}",
                "{\"customer\":\"a\"",
                "{\"customer\":\"a\"} {}",
                "{\"customer\":\"a\",\"customer\":\"b\"}"
            })
    void partition_keyWithoutTheField_followsTheDeclaration(String key) {
        assertThat(BY_CUSTOMER.partition(bytes(key), 3)).isEqualTo(Partitioning.SPREAD);
        assertThat(new Partitioning("customer", Map.of(), 1).partition(bytes(key), 3))
                .isEqualTo(1);
        assertThatExceptionOfType(InvalidRecordException.class)
                .isThrownBy(() -> STRICT.partition(bytes(key), 3))
                .withMessage("the key must be a JSON object with the field \"customer\"");
    }

    @Test
    void partition_withoutAKey_followsTheDeclaration() {
        assertThat(Partitioning.DEFAULT.partition(null, 3)).isEqualTo(Partitioning.SPREAD);
        assertThatExceptionOfType(InvalidRecordException.class)
                .isThrownBy(() -> new Partitioning(null, Map.of(), Partitioning.REFUSE).partition(null, 3))
                .withMessage("the topic's records must have a key");
    }

    @Test
    void partition_missingPinnedPartition_isRejected() {
        assertThatExceptionOfType(InvalidRecordException.class)
                .isThrownBy(() -> STRICT.partition(bytes("{\"customer\":\"x\"}"), 5))
                .withMessage("topics.yaml assigns the key to partition 5, but the last partition is 4");
        assertThat(STRICT.partition(bytes("{\"customer\":\"x\"}"), 6)).isEqualTo(5);
    }
}
