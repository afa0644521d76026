package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.wadi.format.CollidingNames;
import io.wadi.kafka.Records;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RowReaderTest {
    private static final String WHOLE = "a whole number from -9223372036854775808 to 9223372036854775807";
    private static final String DATE_TIME =
            "a date-time with an offset and whole milliseconds, such as 2021-04-14T12:34:56.789+09:00";

    // ---- valid values

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            long    | 0                      | 0
            long    | -9223372036854775808   | -9223372036854775808
            long    | 9223372036854775807    | 9223372036854775807
            long    | 1.0                    | 1
            long    | 12e2                   | 1200
            long    | 9223372036854775807.0  | 9223372036854775807
            int     | -2147483648            | -2147483648
            int     | 2147483647             | 2147483647
            double  | 0.1                    | 0.1
            double  | 1e308                  | 1.0E308
            double  | 1e-999                 | 0.0
            double  | 9007199254740992       | 9.007199254740992E15
            double  | 9007199254740994       | 9.007199254740994E15
            double  | -3                     | -3.0
            float   | 0.1                    | 0.1
            float   | 16777216               | 1.6777216E7
            boolean | true                   | true
            boolean | false                  | false
            string  | ""                     | ''
            string  | "김😀\\n\\u0000"       | "김😀\\n\\u0000"
            """)
    void read_value_isConverted(String type, String json, String read) throws Exception {
        Object value = value("\"" + type + "\"", json);

        assertThat(value instanceof CharSequence ? GenericData.get().toString(value) : value.toString())
                .isEqualTo(read.isEmpty() ? "\"\"" : read);
    }

    @ParameterizedTest
    @CsvSource({
        "2021-04-14T12:34:56.789+0900, 2021-04-14T03:34:56.789Z",
        "2021-04-14T12:34:56.789+09:00, 2021-04-14T03:34:56.789Z",
        "2021-04-14T03:34:56Z, 2021-04-14T03:34:56Z",
        "2021-04-14t03:34:56.7z, 2021-04-14T03:34:56.7Z",
        "2021-04-14T03:34:56.789000000Z, 2021-04-14T03:34:56.789Z",
        "1969-12-31T23:59:59.999-00:00, 1969-12-31T23:59:59.999Z",
        "2024-02-29T00:00:00+14:00, 2024-02-28T10:00:00Z"
    })
    void read_dateTime_isConvertedToItsInstant(String text, Instant instant) throws Exception {
        assertThat(value(dateTime(), "\"" + text + "\"")).isEqualTo(instant.toEpochMilli());
    }

    @Test
    void read_dateTimeOfAnEnum_isConvertedToItsInstant() throws Exception {
        String type = dateTime().replace("}", ",\"enum\":[\"1970-01-01T00:00:01Z\"]}");

        assertThat(value(type, "\"1970-01-01T00:00:01Z\"")).isEqualTo(1000L);
    }

    @Test
    void read_nestedValue_isReadCompletely() throws Exception {
        Schema schema = new Schema.Parser().parse("""
                {"type":"record","name":"order","fields":[
                  {"name":"id","type":"long"},
                  {"name":"lines","type":{"type":"array","items":{"type":"record","name":"line","fields":[
                    {"name":"item","type":["null","string"]},
                    {"name":"tags","type":{"type":"map","values":["int","null"]}}]}}},
                  {"name":"state","type":{"type":"enum","name":"state","symbols":["open","paid"]}},
                  {"name":"note","type":["null","string"],"default":null},
                  {"name":"currency","type":"string","default":"KRW"}]}""");

        GenericData.Record row = new RowReader(schema, false).read(Records.value("""
                {"state":"paid","lines":[{"tags":{"a":1,"b":null},"item":null},{"item":"책","tags":{}}],"id":7}\
                """.getBytes(UTF_8)));

        assertThat(row.get("id")).isEqualTo(7L);
        assertThat(row.get("state").toString()).isEqualTo("paid");
        assertThat(row.get("note")).isNull();
        assertThat(row.get("currency").toString()).isEqualTo("KRW");
        List<?> lines = (List<?>) row.get("lines");
        assertThat(((GenericData.Record) lines.get(0)).get("item")).isNull();
        assertThat(((GenericData.Record) lines.get(0)).get("tags"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .hasSize(2)
                .containsEntry("a", 1)
                .containsEntry("b", null);
        assertThat(((GenericData.Record) lines.get(1)).get("item")).isEqualTo("책");
        assertThat(((GenericData.Record) lines.get(1)).get("tags")).isEqualTo(Map.of());
        assertThat(GenericData.get().validate(schema, row)).isTrue();
    }

    @Test
    void read_afterRecordsWithCollidingNames_isNotRejected() throws Exception {
        RowReader reader = new RowReader(new Schema.Parser().parse("""
                {"type":"record","name":"visit","fields":[{"name":"country","type":"string","default":""}]}"""), true);
        for (String json : CollidingNames.objects()) {
            try {
                reader.read(Records.value(json.getBytes(UTF_8)));
            } catch (RejectedRecordException e) {
                assertThat(e).hasMessageContaining("symbol table");
            }
        }

        GenericData.Record row = reader.read(Records.value("{\"country\":\"NZ\"}".getBytes(UTF_8)));

        assertThat(row.get("country")).hasToString("NZ");
    }

    // ---- invalid values

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.5",
                "9223372036854775808",
                "-9223372036854775809",
                "1e19",
                "1e999999999",
                "1e-999999999",
                "\"1\"",
                "null",
                "true"
            })
    void read_invalidLongs_areRejected(String json) {
        assertRejected("\"long\"", json, "at \"/v\": found " + json + ", expected " + WHOLE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "long"    | {"a":1}               | an object             | WHOLE
            "long"    | [1]                   | an array              | WHOLE
            "int"     | 2147483648            | 2147483648            | a whole number from -2147483648 to 2147483647
            "int"     | -2147483649           | -2147483649           | a whole number from -2147483648 to 2147483647
            "double"  | "0.5"                 | "0.5"                 | a number
            "double"  | 1e309                 | 1e309                 | a number from -1.7976931348623157E308 to 1.7976931348623157E308
            "double"  | 9007199254740993      | 9007199254740993      | a whole number that the column can represent exactly, such as 9007199254740992
            "float"   | 16777217              | 16777217              | a whole number that the column can represent exactly, such as 16777216
            "float"   | 1e39                  | 1e39                  | a number from -3.4028234663852886E38 to 3.4028234663852886E38
            "boolean" | 1                     | 1                     | true or false
            "boolean" | "true"                | "true"                | true or false
            "string"  | 1                     | 1                     | a string
            "string"  | null                  | null                  | a string
            {"type":"string","enum":["red","초록"]}              | "blue" | "blue" | one of "red", "초록"
            {"type":"string","enum":["red","초록"]}              | 1      | 1      | one of "red", "초록"
            {"type":"enum","name":"e","symbols":["red","blue"]}  | "RED"  | "RED"  | one of "red", "blue"
            {"type":"long","logicalType":"timestamp-millis","format":"date-time","enum":["2021-04-14T00:00:00Z"]} | "2021-04-15T00:00:00Z" | "2021-04-15T00:00:00Z" | one of "2021-04-14T00:00:00Z"
            {"type":"array","items":"long"}                      | {}     | an object | an array
            {"type":"map","values":"long"}                       | []     | an array  | an object
            {"type":"record","name":"r","fields":[{"name":"a","type":"long"}]} | 7 | 7 | an object
            """)
    void read_otherTypes_areRejected(String type, String json, String found, String allowed) {
        assertRejected(
                type,
                json,
                "at \"/v\": found %s, expected %s".formatted(found, allowed.equals("WHOLE") ? WHOLE : allowed));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"2021-04-14T12:34:56.789\"",
                "\"2021-04-14T12:34:56.7891Z\"",
                "\"2021-04-14 12:34:56Z\"",
                "\"2021-04-14T12:34Z\"",
                "\"2021-02-29T12:34:56Z\"",
                "\"2021-04-14T24:00:00Z\"",
                "\"2021-04-14T12:34:60Z\"",
                "\"+292278995-01-01T00:00:00Z\"",
                "\"-292278995-01-01T00:00:00Z\"",
                "\"20210414T123456Z\"",
                "\"\"",
                "1618371296789"
            })
    void read_invalidDateTime_isRejected(String json) {
        assertRejected(dateTime(), json, "at \"/v\": found " + json + ", expected " + DATE_TIME);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''                    | the value is empty, expected a JSON object
            ' '                   | the value is empty, expected a JSON object
            []                    | at "": found an array, expected an object
            "x"                   | at "": found "x", expected an object
            null                  | at "": found null, expected an object
            {}                    | at "": missing field v, which has no default
            {"v":"a"} {}          | found data after the JSON object, expected one object
            {"v":"a","w":1}       | at "/w": found 1, expected one of the fields v
            {"v":"a","~/":{}}     | at "/~0~1": found an object, expected one of the fields v
            {"v":"a","v":"b"}     | at "/v": found "b", expected each name once in an object
            {"v":"\\ud83d"}       | at "/v": found an unpaired surrogate (\\ud83d) at index 0 of the string, which UTF-8 cannot encode
            {"v":"a\\ude00b"}     | at "/v": found an unpaired surrogate (\\ude00) at index 1 of the string, which UTF-8 cannot encode
            """)
    void read_mismatchedObjects_areRejected(String json, String reason) {
        assertThatExceptionOfType(RejectedRecordException.class)
                .isThrownBy(() -> reader("\"string\"", false).read(Records.value(json.getBytes(UTF_8))))
                .withMessage(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{", "{\"v\":}", "{\"v\":01}", "{v:1}", "{\"v\":\"a\nb\"}", "{\"v\":NaN}", "\uFEFF{\"v\":\"a\"}"
            })
    void read_invalidJson_isRejectedWithThePosition(String json) {
        assertThatExceptionOfType(RejectedRecordException.class)
                .isThrownBy(() -> reader("\"string\"", false).read(Records.value(json.getBytes(UTF_8))))
                .withMessageMatching("(?s)not JSON: line \\d+, column \\d+: .+");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "{\"v\":\n\n  tru}", "{\"v\":\"a\"} x", "{\"v\":1", "{\"v\":\"김\" \"", "{\"w\":\n[]}"})
    void read_rejectedValue_reportsThePosition(String json) {
        RowReader reader = reader("\"string\"", false);
        byte[] alone = json.getBytes(UTF_8);

        String reason = catchThrowableOfType(RejectedRecordException.class, () -> reader.read(ByteBuffer.wrap(alone)))
                .getMessage();
        assertThatExceptionOfType(RejectedRecordException.class)
                .isThrownBy(() -> reader.read(Records.value(alone)))
                .withMessage(reason);
    }

    @Test
    void read_malformedUtf8_isRejected() {
        byte[] json = "{\"v\":\"xy\"}".getBytes(UTF_8);
        json[6] = (byte) 0xC3;

        assertThatExceptionOfType(RejectedRecordException.class)
                .isThrownBy(() -> reader("\"string\"", false).read(Records.value(json)))
                .withMessageStartingWith("not JSON: line 1, column ");
    }

    @Test
    void read_nestedMismatch_reportsThePointer() {
        String type = """
                {"type":"array","items":{"type":"map","values":
                  {"type":"record","name":"r","fields":[{"name":"a","type":"long"}]}}}""";

        assertRejected(type, "[{}, {\"k/\":{\"a\":\"x\"}}]", "at \"/v/1/k~1/a\": found \"x\", expected " + WHOLE);
        assertRejected(type, "[{}, {\"k\":{}}]", "at \"/v/1/k\": missing field a, which has no default");
        assertRejected(type, "[[]]", "at \"/v/0\": found an array, expected an object");
        assertRejected(
                type,
                "[{\"k\":{\"a\":1},\"k\":{\"a\":2}}]",
                "at \"/v/0/k\": found k, expected each name once in an object");
    }

    @Test
    void read_longText_isTruncatedInTheReason() {
        assertRejected(
                "\"long\"",
                "\"" + "x".repeat(1_000) + "\"",
                "at \"/v\": found \"" + "x".repeat(60) + "…\", expected " + WHOLE);
    }

    // ---- options

    @Test
    void read_unknownFieldsIgnored_skipsThem() throws Exception {
        GenericData.Record row = reader("\"long\"", true)
                .read(Records.value("{\"a\":{\"v\":[1,{}]},\"v\":5,\"b\":[[]],\"c\":null}".getBytes(UTF_8)));

        assertThat(row.get("v")).isEqualTo(5L);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "bytes"                                          | "/v": bytes cannot be read from JSON: remove it or use a string
            ["null","bytes"]                                 | "/v": bytes cannot be read from JSON: remove it or use a string
            {"type":"fixed","name":"f","size":4}             | "/v": fixed cannot be read from JSON: remove it or use a string
            "null"                                           | "/v": null cannot be read from JSON: remove it or use a string
            ["int","string"]                                 | "/v": expected a union of null and one other type
            ["null"]                                         | "/v": expected a union of null and one other type
            {"type":"array","items":"bytes"}                 | "/v/items": bytes cannot be read from JSON: remove it or use a string
            {"type":"map","values":["int","long"]}           | "/v/values": expected a union of null and one other type
            {"type":"record","name":"r","fields":[]}         | "/v": a record needs at least one field
            ["string"]                                       | "/v": expected a union of null and one other type
            ["null","row"]                                   | "/v": row is recursive, expected a type that does not contain itself
            """)
    void new_unsupportedSchema_isRejected(String type, String mistake) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> reader(type, false))
                .withMessage(mistake);
    }

    @Test
    void new_severalMistakes_areAllReported() {
        Schema schema = new Schema.Parser().parse("""
                {"type":"record","name":"row","fields":[{"name":"a","type":"bytes"},{"name":"b","type":["int","long"]}]}""");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RowReader(schema, false))
                .withMessage("\"/a\": bytes cannot be read from JSON: remove it or use a string\n"
                        + "\"/b\": expected a union of null and one other type");
    }

    /** A row of 1 MB of which each item has 100 defaults would exceed the heap. */
    @Test
    void read_moreThanAMillionMissingFields_isRejected() throws Exception {
        String field = "{\"name\":\"f%d\",\"type\":[\"null\",\"string\"],\"default\":null}";
        String fields = IntStream.range(0, 100).mapToObj(field::formatted).collect(Collectors.joining(","));
        String items = "{\"type\":\"array\",\"items\":{\"type\":\"record\",\"name\":\"item\",\"fields\":[%s]}}"
                .formatted(fields);
        String most = "[" + "{},".repeat(9_999) + "{}";

        assertThat((List<?>) value(items, most + "]")).hasSize(10_000);
        assertThatExceptionOfType(RejectedRecordException.class)
                .isThrownBy(() -> value(items, most + ",{\"f0\":\"x\"}]"))
                .withMessage("at \"/v/10000\": found more than 1,000,000 missing fields in total, expected no more");
    }

    private static String dateTime() {
        return "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\",\"format\":\"date-time\"}";
    }

    private static Object value(String type, String json) throws RejectedRecordException {
        return reader(type, false)
                .read(Records.value(("{\"v\":" + json + "}").getBytes(UTF_8)))
                .get("v");
    }

    private static void assertRejected(String type, String json, String reason) {
        assertThatExceptionOfType(RejectedRecordException.class)
                .isThrownBy(() -> value(type, json))
                .withMessage(reason);
    }

    private static RowReader reader(String type, boolean ignoreUnknown) {
        String schema = "{\"type\":\"record\",\"name\":\"row\",\"fields\":[{\"name\":\"v\",\"type\":" + type + "}]}";
        return new RowReader(new Schema.Parser().parse(schema), ignoreUnknown);
    }
}
