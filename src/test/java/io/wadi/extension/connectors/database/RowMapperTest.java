package io.wadi.extension.connectors.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

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
}
