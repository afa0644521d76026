package io.wadi.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times as text in JSON and as numbers of each logical type in Avro. */
class JsonToAvroTimesTest {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private static JsonNode json(String text) throws JsonProcessingException {
        return JSON.readTree(text);
    }

    @ParameterizedTest
    @CsvSource({
        "long, local-timestamp-millis, 2026-11-22T07:00:00.123",
        "long, local-timestamp-micros, 1969-12-31T23:59:59.999999",
        "long, timestamp-nanos, 2026-11-22T07:00:00.123456789Z",
        "long, local-timestamp-nanos, 2026-11-22T07:00:00.123456789",
        "int, time-millis, 07:00:00.123",
        "long, time-micros, 23:59:59.999999"
    })
    void time_roundTrips(String type, String logical, String text) throws Exception {
        Schema schema = new Schema.Parser()
                .parse("[\"null\",{\"type\":\"%s\",\"logicalType\":\"%s\"}]".formatted(type, logical));
        Object avro = new JsonToAvro(schema).avro(json('"' + text + '"'));

        assertThat(avro).isInstanceOf(Number.class);
        assertThat(new AvroToJson(schema).json(avro).textValue()).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-22T07:00:00.123456Z",
                "1969-12-31T23:59:59.999999Z",
                "1677-01-01T00:00:00Z",
                "0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999Z"
            })
    void timestampInMicroseconds_isConverted_inAnyCentury(String time) throws Exception {
        Schema schema = new Schema.Parser().parse("{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}");

        Object microseconds = new JsonToAvro(schema).avro(json('"' + time + '"'));

        assertThat(new AvroToJson(schema).json(microseconds).textValue()).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource({
        "local-timestamp-millis, 2026-11-22T07:00:00.123",
        "local-timestamp-millis, 2026-11-22T07:00:00",
        "local-timestamp-micros, 1969-12-31T23:59:59.999999",
        "local-timestamp-micros, 9999-12-31T23:59:59.999999"
    })
    void localTimestamp_isATimeWithoutOffset(String type, String time) throws Exception {
        Schema schema = new Schema.Parser().parse("{\"type\":\"long\",\"logicalType\":\"%s\"}".formatted(type));

        Object local = new JsonToAvro(schema).avro(json('"' + time + '"'));

        assertThat(new AvroToJson(schema).json(local).textValue()).isEqualTo(time);
        assertThatThrownBy(() -> new JsonToAvro(schema).avro(json('"' + time + "Z\"")))
                .isInstanceOf(AvroMismatch.class)
                .hasMessageContaining("expected a time without an offset such as");
    }

    @ParameterizedTest
    @CsvSource({
        "2440588,              0, 1970-01-01T00:00:00Z",
        "2440587, 86399999999999, 1969-12-31T23:59:59.999999999Z",
        "2461367, 25200123456000, 2026-11-22T07:00:00.123456Z"
    })
    void timestampOfParquetInInt96_isATime(int julianDay, long nanosOfDay, String time) {
        Schema schema = Schema.createFixed("INT96", "INT96 represented as byte[12]", null, 12);
        byte[] bytes = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(nanosOfDay)
                .putInt(julianDay)
                .array();

        assertThat(new AvroToJson(schema)
                        .json(new GenericData.Fixed(schema, bytes))
                        .textValue())
                .isEqualTo(time);
    }

    @Test
    void timestampThatExceedsItsUnit_isRejected() throws Exception {
        Schema schema = new Schema.Parser().parse("{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}");

        assertThatThrownBy(() -> new JsonToAvro(schema).avro(json("\"+300000-01-01T00:00:00Z\"")))
                .isInstanceOf(AvroMismatch.class)
                .hasMessageContaining("expected a time such as");
    }
}
