package io.wadi.ingest.rest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.limits.LimitedLease;
import io.wadi.ingest.rest.RestTypes.Format;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RestRecordsTest extends RestRecordsTestSupport {
    @Test
    void json_valueIsKeptByteForByte_andKeyIsWrittenWithoutSpaces() {
        List<Event> records = read(Format.JSON, """
                {"records": [
                  {"key": "alice", "value": { "color" : "red", "n": 1.50 } },
                  {"key": {"id" : 1, "name": "김"}, "value": "text"},
                  {"key": 7, "value": [1,  2], "partition": 2},
                  {"value": null, "key": [ ]},
                  {"value": 1e3, "key": null, "partition": null, "timestamp": null, "headers": null}
                ]}
                """);

        assertThat(records).extracting(Event::problem).containsOnlyNulls();
        assertThat(records)
                .extracting(record -> text(record.key()))
                .containsExactly("\"alice\"", "{\"id\":1,\"name\":\"김\"}", "7", "[]", null);
        assertThat(records)
                .extracting(record -> text(record.value()))
                .containsExactly("{ \"color\" : \"red\", \"n\": 1.50 }", "\"text\"", "[1,  2]", null, "1e3");
        assertThat(records).extracting(Event::partition).containsExactly(null, null, 2, null, null);
    }

    @Test
    void binary_keysAndValuesAreDecoded() {
        List<Event> records = read(Format.BINARY, """
                {"records":[{"key":"a2V5","value":"Y29uZmx1ZW50"},{"value":"a2Fma2E=","partition":1},{"value":"bG9ncw"},
                {"key":"a2V5","value":null},{"value":""}]}""");

        assertThat(records).extracting(record -> text(record.key())).containsExactly("key", null, null, "key", null);
        assertThat(records)
                .extracting(record -> text(record.value()))
                .containsExactly("confluent", "kafka", "logs", null, "");
        assertThat(records).extracting(Event::partition).containsExactly(null, 1, null, null, null);
    }

    @Test
    void nullSchemas_areIgnored() {
        assertThat(read(Format.BINARY, """
                {"key_schema":null,"records":[{"value":"YQ=="}],"value_schema":null,"value_schema_id":null}"""))
                .singleElement()
                .satisfies(record -> assertThat(record.problem()).isNull());
    }

    @Test
    void record_keepsTimestampAndHeaders() {
        Event record = read(Format.JSON, """
                        {"records":[{"value":{},"timestamp":1792540800000,
                        "headers":[{"key":"trace","value":"YWJj"},{"key":"trace","value":""},{"key":"none","value":null}]}]}""").get(0);

        assertThat(record.timestamp()).isEqualTo(1792540800000L);
        assertThat(record.headers())
                .containsExactly(
                        new RecordHeader("trace", "abc".getBytes(UTF_8)),
                        new RecordHeader("trace", new byte[0]),
                        new RecordHeader("none", (byte[]) null));
    }

    @Test
    void path_selectsThePartitionOfAllRecords() {
        List<Event> records = read("""
                {"records":[{"value":1},{"value":2,"partition":null},{"value":3,"partition":4}]}""".getBytes(UTF_8), Format.JSON, 4, new LimitedLease(Long.MAX_VALUE));

        assertThat(records).extracting(Event::partition).containsExactly(4, 4, null);
        assertThat(records.get(2).problem())
                .isEqualTo(new Problem("/records/2/partition", "the path names the partition already"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            1                                             | /records/1                 | a record is a JSON object
            [{"value":1}]                                 | /records/1                 | a record is a JSON object
            {}                                            | /records/1/value           | missing; null is a tombstone
            {"value":1,"valeu":[{"a":1}]}                 | /records/1/valeu           | unknown field, expected key, value, partition, timestamp or headers
            {"value":1,"a/b~":null}                       | /records/1/a~1b~0          | unknown field, expected key, value, partition, timestamp or headers
            {"value":1,"partition":-1}                    | /records/1/partition       | not a partition number
            {"value":1,"partition":1.0}                   | /records/1/partition       | not a partition number
            {"value":1,"partition":"1"}                   | /records/1/partition       | not a partition number
            {"value":1,"partition":2147483648}            | /records/1/partition       | not a partition number
            {"value":1,"timestamp":-1}                    | /records/1/timestamp       | not milliseconds since the epoch
            {"value":1,"timestamp":9223372036854775808}   | /records/1/timestamp       | not milliseconds since the epoch
            {"value":1,"timestamp":{"at":1}}              | /records/1/timestamp       | not milliseconds since the epoch
            {"value":1,"headers":{"a":"b"}}               | /records/1/headers         | not an array
            {"value":1,"headers":["a"]}                   | /records/1/headers/0       | a header is {"key":"…","value":"base64"}
            {"value":1,"headers":[{"value":"YQ=="}]}      | /records/1/headers/0       | a header has a key
            {"value":1,"headers":[{"key":{"a":[]}}]}      | /records/1/headers/0/key   | not a string
            {"value":1,"headers":[{"key":"\\ud800"}]}     | /records/1/headers/0/key   | found an unpaired surrogate, which UTF-8 cannot encode
            {"value":1,"headers":[{"key":"a","valeu":1}]} | /records/1/headers/0/valeu | unknown field, expected key or value
            {"value":1,"headers":[{"key":"a","value":1}]} | /records/1/headers/0/value | not a string of base64
            {"partition":"x","timestamp":"y","value":1}   | /records/1/partition       | not a partition number
            """)
    void invalidRecord_isRejectedAlone(String wrong, String pointer, String text) {
        List<Event> records =
                read(Format.JSON, "{\"records\":[{\"value\":\"a\"}," + wrong + ",{\"value\":\"b\",\"key\":\"k\"}]}");

        assertThat(records).hasSize(3);
        assertThat(records.get(1).problem()).isEqualTo(new Problem(pointer, text));
        assertThat(records.get(1).value()).isNull();
        assertThat(text(records.get(0).value())).isEqualTo("\"a\"");
        assertThat(text(records.get(2).value())).isEqualTo("\"b\"");
        assertThat(text(records.get(2).key())).isEqualTo("\"k\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"%%%%\"", "\"YQ=\"", "\"Y\"", "{\"a\":\"YQ==\"}", "1", "[\"YQ==\"]"})
    void binary_thatIsNotBase64_isRejected(String value) {
        assertThat(read(Format.BINARY, "{\"records\":[{\"value\":" + value + "},{\"value\":\"YQ==\"}]}"))
                .extracting(Event::problem)
                .containsExactly(new Problem("/records/0/value", "not a string of base64"), null);
    }

    static Stream<Arguments> wrongBodies() {
        return Stream.of(
                arguments("", 422, "the body is not a JSON object; send {\"records\":[…]}"),
                arguments("[]", 422, "the body is not a JSON object; send {\"records\":[…]}"),
                arguments("{}", 422, "/records: expected at least one record"),
                arguments("{\"records\":[]}", 422, "/records: expected at least one record"),
                arguments("{\"records\":{\"value\":1}}", 422, "/records: not an array"),
                arguments(
                        "{\"value_schema\":\"{}\",\"records\":[{\"value\":1}]}",
                        422,
                        "/value_schema: expected null, since the topic declares its schema"),
                arguments(
                        "{\"records\":[{\"value\":1}],\"value_schema_id\":1}",
                        422,
                        "/value_schema_id: expected null, since the topic declares its schema"),
                arguments(
                        "{\"records\":[{\"value\":1}],\"other\":null}", 422, "/other: unknown field, expected records"),
                arguments("{\"records\":[{\"value\":1}]", 400, "the body is not JSON: line 1, column "),
                arguments("{\"records\":[{\"value\":1,\"value\":2}]}", 400, "the body is not JSON: line 1, column "),
                arguments("{\"records\":[{\"value\":tru}]}", 400, "the body is not JSON: line 1, column "),
                arguments("{\"records\":[{\"value\":1}]} x", 400, "the body is not JSON: line 1, column "),
                arguments("\u0000{\"records\":[{\"value\":1}]}", 400, "the body is not JSON: line 1, column "),
                arguments(
                        "{\"records\":[{\"value\":" + "[".repeat(198) + "]".repeat(198) + "}]}",
                        400,
                        "the body is not JSON: Document nesting depth (201) exceeds the maximum allowed (200)"),
                arguments(
                        "{\"records\":[{\"" + "n".repeat(50_001) + "\":1}]}",
                        400,
                        "the body is not JSON: Name length (50001) exceeds the maximum allowed (50000)"));
    }

    @ParameterizedTest
    @MethodSource("wrongBodies")
    void bodyWithoutAListOfRecords_isRejected(String body, int status, String message) {
        assertThatExceptionOfType(RestException.class)
                .isThrownBy(() -> read(Format.JSON, body))
                .satisfies(e -> {
                    assertThat(e.error().status()).isEqualTo(status);
                    assertThat(e.error().code()).isEqualTo(status);
                    assertThat(e.error().message()).startsWith(message);
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e3",
                "1.50",
                "-0.0",
                "-0",
                "1e999",
                "12345678901234567890123",
                "{ \"b\" : [ {}, [1, true, null], \"\\ud83d\\ude00 \\u0007 색 / \\/\" ], \"a\" : 1E-2 }"
            })
    void key_isSerializedLikeOtherRestServers(String key) throws IOException {
        ObjectMapper tree = new ObjectMapper();

        assertThat(read(Format.JSON, "{\"records\":[{\"key\":" + key + ",\"value\":1}]}")
                        .get(0)
                        .key())
                .isEqualTo(tree.writeValueAsBytes(tree.readTree(key)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"value\":\"?\"}", "{\"value\":1,\"?\":[1}", "{\"value\":[{\"?\":1}]}"})
    void malformedUtf8_isReportedWithItsLocation(String record) {
        byte[] body = ("{\"records\":[\n" + "{\"value\":1},".repeat(40) + "\n" + record + "]}").getBytes(UTF_8);
        int malformed = new String(body, UTF_8).indexOf('?');
        body[malformed] = (byte) 0xC0;
        int column = malformed - new String(body, 0, malformed, UTF_8).lastIndexOf('\n');

        assertThatExceptionOfType(RestException.class)
                .isThrownBy(() -> read(body, Format.JSON, null, new LimitedLease(Long.MAX_VALUE)))
                .withMessage("the body is not JSON: line 3, column %d: byte 0xc0 is not valid UTF-8".formatted(column));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "12,12", "999999999,999999999", "-1,", "+1,", "1.0,", "x,", "'',", "1234567890,", "１,"})
    void partition_isANonNegativeNumber(String segment, Integer partition) {
        assertThat(RestRecords.partition(segment).orElse(null)).isEqualTo(partition);
    }
}
