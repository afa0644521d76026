package io.wadi.extension.connectors.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.extension.connectors.convert.Converters;
import io.wadi.extension.connectors.convert.SinkConversion;
import io.wadi.extension.connectors.convert.Transformations;
import io.wadi.kafka.Records;
import java.nio.ByteBuffer;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowMapperTest {
    private static final Table LOG = new Table(
            "log",
            Map.of(
                    "kafka_topic",
                    Types.VARCHAR,
                    "kafka_partition",
                    Types.INTEGER,
                    "kafka_offset",
                    Types.BIGINT,
                    "v",
                    Types.INTEGER),
            List.of("kafka_topic", "kafka_partition", "kafka_offset"));

    /** If fields could set the coordinates, a sender could replace or delete the row of another record. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            nullValues = "none",
            value = {
                "none; {\"kafka_topic\":\"other\",\"kafka_partition\":8,\"kafka_offset\":8,\"v\":1}",
                "{\"kafka_topic\":\"other\",\"kafka_partition\":8,\"kafka_offset\":8}; {\"v\":1}",
                "{\"kafka_topic\":\"other\",\"kafka_partition\":8,\"kafka_offset\":8}; none"
            })
    void coordinates_areThoseOfTheRecord_whateverItsFieldsAre(String key, String value) {
        RowMapper mapper = new RowMapper(
                new SinkConversion(Converters.of("json", ""), new Transformations<>("")),
                new RowMapper.Options(true, false, true));
        ConsumerRecord<byte[], ByteBuffer> record = new ConsumerRecord<>(
                "events",
                0,
                9,
                key == null ? null : key.getBytes(UTF_8),
                value == null ? null : Records.value(value.getBytes(UTF_8)));

        assertThat(mapper.of(record, LOG).key()).containsExactly("events", "0", "9");
    }

    /** Statements write the elements of arrays with all of their digits, and the numbers in JSON with an exponent. */
    @ParameterizedTest
    @ValueSource(ints = {Types.ARRAY, Table.BOX_ARRAY, Table.TIME_ARRAY})
    void largeNumber_inAnArray_isRejected_exceptInJson(int arrays) {
        RowMapper mapper = new RowMapper(
                new SinkConversion(Converters.of("json", ""), new Transformations<>("")),
                new RowMapper.Options(false, false, false));
        Table table =
                new Table("log", Map.of("id", Types.INTEGER, "amounts", arrays, "details", Types.OTHER), List.of("id"));

        Row accepted = mapper.of(record("{\"id\":1,\"amounts\":[0.5,[1e900]],\"details\":[1e2000]}"), table);

        assertThat(accepted.key()).containsExactly("1");
        assertThatThrownBy(() -> mapper.of(record("{\"id\":1,\"amounts\":[0.5,[1e2000]]}"), table))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the column amounts accepts numbers of at most 1000 digits with an exponent within ±1000,"
                        + " found an exponent of 2000");
    }

    /** The driver writes it as a question mark: two records would be the same row. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"id; {\"id\":\"\\ud800\"}", "details; {\"id\":\"1\",\"details\":{\"a\":[\"x\\udfff\"]}}"})
    void unpairedSurrogate_isRejected(String column, String value) {
        RowMapper mapper = new RowMapper(
                new SinkConversion(Converters.of("json", ""), new Transformations<>("")),
                new RowMapper.Options(false, false, false));
        Table table = new Table("log", Map.of("id", Types.VARCHAR, "details", Types.OTHER), List.of("id"));

        Row accepted = mapper.of(record("{\"id\":\"\\ud83d\\udc2a\"}"), table);

        assertThat(accepted.key()).containsExactly("\ud83d\udc2a");
        assertThatThrownBy(() -> mapper.of(record(value), table))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the value of the column %s has an unpaired surrogate, which UTF-8 cannot encode", column);
    }

    private static ConsumerRecord<byte[], ByteBuffer> record(String value) {
        return new ConsumerRecord<>("events", 0, 9, null, Records.value(value.getBytes(UTF_8)));
    }
}
