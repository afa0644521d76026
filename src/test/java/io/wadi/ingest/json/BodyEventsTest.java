package io.wadi.ingest.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.event.RequestException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BodyEventsTest {
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";
    private static final String TEXT = "text/plain";
    private static final String KOREAN = "{ \"사용자\" : \"김철수\",\"색\":\"파랑 😀\\n\\u0041 } ] \\\" {\" , \"n\": 1.50 }";

    static Stream<Arguments> good() {
        return Stream.of(
                // One object: blanks around it are not part of the event, blanks within are.
                arguments(JSON, "{}", List.of("{}")),
                arguments(JSON, " \r\n\t{ \"a\" : 1 }\n ", List.of("{ \"a\" : 1 }")),
                arguments(JSON, KOREAN, List.of(KOREAN)),
                arguments(JSON, "{\"\\ud83d\\ude00\":\"\\ud800\"}", List.of("{\"\\ud83d\\ude00\":\"\\ud800\"}")),
                arguments(JSON, "{\n  \"a\": [1,\n 2]\n}", List.of("{\n  \"a\": [1,\n 2]\n}")),
                // An array of objects
                arguments(JSON, "[{\"a\":1}]", List.of("{\"a\":1}")),
                arguments(JSON, " [ {\"a\":1} ,\n" + KOREAN + ", {} ] ", List.of("{\"a\":1}", KOREAN, "{}")),
                arguments(
                        JSON, "[{\"a\":[{\"b\":{}}]},{\"c\":\"]\"}]", List.of("{\"a\":[{\"b\":{}}]}", "{\"c\":\"]\"}")),
                // One event per line
                arguments(LINES, "{\"a\":1}\n{\"b\":2}\n", List.of("{\"a\":1}", "{\"b\":2}")),
                arguments(LINES, "{\"a\":1}\n{\"b\":2}", List.of("{\"a\":1}", "{\"b\":2}")),
                arguments(LINES, "{\"a\":1}\r\n{\"b\":2}\r\n", List.of("{\"a\":1}", "{\"b\":2}")),
                arguments(LINES, "\n\r\n \t\n{\"a\":1}\n\n\n{\"b\":2}\n \n", List.of("{\"a\":1}", "{\"b\":2}")),
                arguments(LINES, "  { \"a\" : 1 }\t\r\n" + KOREAN, List.of("{ \"a\" : 1 }", KOREAN)),
                // Plain text, which browsers send without a preflight request: one object, lines or an array
                arguments(TEXT, KOREAN, List.of(KOREAN)),
                arguments(TEXT, " {\"a\":1}\n{\"b\":2}", List.of("{\"a\":1}", "{\"b\":2}")),
                arguments(TEXT, " \n[{\"a\":1},\n{\"b\":2}]", List.of("{\"a\":1}", "{\"b\":2}")),
                // A byte order mark is not part of the event.
                arguments(JSON, "\uFEFF" + KOREAN, List.of(KOREAN)),
                arguments(JSON, "\uFEFF[" + KOREAN + "," + KOREAN + "]", List.of(KOREAN, KOREAN)),
                arguments(LINES, "\uFEFF{\"a\":1}\n{\"b\":2}", List.of("{\"a\":1}", "{\"b\":2}")),
                arguments(TEXT, "\uFEFF [{\"a\":1}]", List.of("{\"a\":1}")));
    }

    @ParameterizedTest
    @MethodSource("good")
    void next_events_areExtractedByteForByte(String type, String body, List<String> events) {
        List<Event> parsed = parse(body.getBytes(UTF_8), type);

        assertThat(parsed).allSatisfy(event -> assertThat(event.problem()).isNull());
        assertThat(parsed).extracting(event -> new String(event.value(), UTF_8)).containsExactlyElementsOf(events);
    }

    static Stream<Arguments> badEvents() {
        return Stream.of(
                arguments(LINES, "hello\n{}", 0, "line 1, column 1: Unrecognized token 'hello'"),
                arguments(LINES, "{}\n\n{\"a\":tru}", 1, "line 3, column"),
                arguments(LINES, "{}\n[{}]\n{}", 1, "line 2: expected a JSON object"),
                arguments(LINES, "{}\n\"text\"", 1, "line 2: expected a JSON object"),
                arguments(LINES, "{}\n17", 1, "line 2: expected a JSON object"),
                arguments(LINES, "{}\nnull", 1, "line 2: expected a JSON object"),
                arguments(LINES, "{}\n{}{}", 1, "line 2: more than one JSON value"),
                arguments(LINES, "{} x\n{}", 0, "line 1, column"),
                arguments(LINES, "{}\n{\"a\":1,\"a\":2}", 1, "line 2, column 11: Duplicate field 'a'"),
                arguments(LINES, "{}\n{\"a\":1", 1, "line 2, column"),
                arguments(LINES, "{}\n{\"a\":\"x\ty\"}", 1, "Illegal unquoted character"),
                arguments(LINES, "{}\n{\"a\":NaN}", 1, "Non-standard token 'NaN'"),
                arguments(LINES, "{}\n\uFEFF{}", 1, "line 2, column"),
                arguments(LINES, "{}\n" + nested(201), 1, "nesting depth (201)"),
                arguments(TEXT, "{}\nhello", 1, "line 2, column"),
                arguments(JSON, "[1]", 0, "/0: expected a JSON object"),
                arguments(JSON, "[{},null]", 1, "/1: expected a JSON object"),
                arguments(JSON, "[{},[{}],{}]", 1, "/1: expected a JSON object"),
                arguments(JSON, "[{},\"{}\"]", 1, "/1: expected a JSON object"));
    }

    @ParameterizedTest
    @MethodSource("badEvents")
    void next_invalidEvent_reportsPositionAndReason(String type, String body, int index, String problem) {
        List<Event> parsed = parse(body.getBytes(UTF_8), type);

        assertThat(parsed).hasSizeGreaterThan(index);
        for (int i = 0; i < parsed.size(); i++) {
            if (i == index) {
                assertThat(parsed.get(i).problem()).asString().contains(problem);
                assertThat(body).contains(new String(parsed.get(i).value(), UTF_8));
                assertThat(parsed.get(i).value()).isNotEmpty();
            } else {
                assertThat(parsed.get(i).problem()).isNull();
                assertThat(parsed.get(i).value()).asString(UTF_8).isEqualTo("{}");
            }
        }
    }

    static Stream<Arguments> malformedLines() {
        String value = " (JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
        return Stream.of(
                arguments("hello", 1, "Unrecognized token 'hello': was expecting" + value),
                arguments("{\"a\":tru}", 6, "Unrecognized token 'tru': was expecting" + value),
                arguments("nul", 1, "Unrecognized token 'nul': was expecting" + value),
                arguments("{} x", 4, "Unrecognized token 'x': was expecting" + value),
                arguments("{", 2, "Unexpected end-of-input: expected close marker for Object"),
                arguments("{\"a\":1", 7, "Unexpected end-of-input: expected close marker for Object"),
                arguments("{\"a\":[1", 8, "Unexpected end-of-input: expected close marker for Array"),
                arguments("{\"a\":\"x", 8, "Unexpected end-of-input in a string"),
                arguments("{\"a", 4, "Unexpected end-of-input in field name"),
                arguments("-", 2, "Unexpected end-of-input in a value"),
                arguments("[1", 3, "Unexpected end-of-input: expected close marker for Array"),
                arguments("{}}", 3, "Unexpected close marker '}': no open Object to close"),
                arguments("{]", 2, "Unexpected close marker ']': expected '}'"),
                arguments("{\"a\":[}", 7, "Unexpected close marker '}': expected ']'"),
                arguments("[1}", 3, "Unexpected close marker '}': expected ']'"),
                arguments(
                        "{\"a\":+1}",
                        7,
                        "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to have plus signs"),
                arguments(
                        "{\"a\":-}",
                        7,
                        "Unexpected character ('}' (code 125)) in numeric value: expected digit (0-9) to follow minus sign, for valid numeric value"),
                arguments("{\"a\":01}", 7, "Invalid numeric value: Leading zeroes not allowed"),
                arguments(
                        "{\"a\":1.}",
                        8,
                        "Unexpected character ('}' (code 125)) in numeric value: Decimal point not followed by a digit"),
                arguments("{\"a\":NaN}", 9, "Non-standard token 'NaN'"),
                arguments("{\"a\":-Infinity}", 15, "Non-standard token '-Infinity'"),
                arguments(
                        "{'a':1}",
                        2,
                        "Unexpected character (''' (code 39)): was expecting double-quote to start field name"),
                arguments(
                        "{\"a\" 1}",
                        6,
                        "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value"),
                arguments(
                        "{\"a\":1 \"b\":2}",
                        8,
                        "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries"),
                arguments(
                        "{\"a\":1,}",
                        8,
                        "Unexpected character ('}' (code 125)): was expecting double-quote to start field name"),
                arguments("{\"a\":1} // x", 9, "Unexpected character ('/' (code 47)): maybe a (non-standard) comment?"),
                arguments("# x", 1, "Unexpected character ('#' (code 35)): expected a valid value" + value),
                arguments(
                        "{\"a\":\"x\ty\"}",
                        8,
                        "Illegal unquoted character ((CTRL-CHAR, code 9)): has to be escaped using backslash to be included in string value"),
                arguments("{\"a\":\"\\x\"}", 8, "Unrecognized character escape 'x' (code 120)"),
                arguments(
                        "{\"a\":\"\\u12G4\"}",
                        11,
                        "Unexpected character ('G' (code 71)): expected a hex-digit for character escape sequence"),
                arguments(
                        "{\"a\":\036 1}",
                        7,
                        "Illegal character ((CTRL-CHAR, code 30)): only regular white space (\\r, \\n, \\t) is allowed between tokens"),
                arguments("{\"a\":1,\"a\":2}", 11, "Duplicate field 'a'"),
                arguments("{\"a\":{\"b\":1,\"c\":2,\"d\":3,\"b\":4}}", 28, "Duplicate field 'b'"),
                // Elasticsearch would accept these names, and its index would become red.
                arguments(
                        "{\"\\ud800\":1}",
                        9,
                        "Broken surrogate pair in field name: expected '\\' to start low surrogate, got 0x22"),
                arguments("{\"a\":[{\"\\udc00\":1}]}", 15, "Unexpected low surrogate in field name: 0xdc00"),
                arguments(
                        "{\"a\":" + "9".repeat(1001) + "}",
                        1007,
                        "Number value length (1001) exceeds the maximum allowed (1000)"),
                arguments(
                        "{\"a\":1." + "9".repeat(1000) + "}",
                        1008,
                        "Number value length (1001) exceeds the maximum allowed (1000)"),
                arguments(
                        "{\"" + "n".repeat(50_001) + "\":1}",
                        50_005,
                        "Name length (50001) exceeds the maximum allowed (50000)"),
                arguments(nested(201), 206, "Document nesting depth (201) exceeds the maximum allowed (200)"));
    }

    /** The same parser reads the line before, this line and the line after it. */
    @ParameterizedTest
    @MethodSource("malformedLines")
    void next_malformedLine_isRejectedWithPositionAndReason_andTheNextIsRead(String line, int column, String reason) {
        String body = "{\"a\":{\"b\":[]}}\n " + line + "\n{\"a\":1,\"b\":{\"a\":1}}\n";

        assertThat(parse(body.getBytes(UTF_8), LINES))
                .extracting(event -> Objects.toString(event.problem()))
                .containsExactly("null", "line 2, column " + (column + 1) + ": " + reason, "null");
    }

    @Test
    void next_malformedUtf8_isRejectedWithItsPosition_alsoInUnreadFields() {
        byte[] body = "{}\n{\"a\":\"é…\"}\n{}\n".getBytes(UTF_8);
        // An encoded surrogate, which Jackson does not detect.
        System.arraycopy(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}, 0, body, 11, 3);

        List<Event> parsed = parse(body, LINES);

        assertThat(parsed)
                .extracting(event -> Objects.toString(event.problem()))
                .containsExactly("null", "line 2, column 9: byte 0xed is not valid UTF-8", "null");
    }

    static Stream<Arguments> badBodies() {
        return Stream.of(
                arguments(JSON, "", "the body contains no event"),
                arguments(JSON, " \r\n\t", "the body contains no event"),
                arguments(JSON, "[]", "the body contains no event"),
                arguments(JSON, "\uFEFF", "the body contains no event"),
                arguments(LINES, "", "the body contains no event"),
                arguments(LINES, "\n\r\n  \n", "the body contains no event"),
                arguments(TEXT, "", "the body contains no event"),
                arguments(TEXT, " [ ] ", "the body contains no event"),
                arguments(JSON, "\"text\"", "the body is neither a JSON object nor an array of JSON objects"),
                arguments(JSON, "17", "the body is neither a JSON object nor an array of JSON objects"),
                arguments(JSON, "null", "the body is neither a JSON object nor an array of JSON objects"),
                arguments(JSON, "true", "the body is neither a JSON object nor an array of JSON objects"),
                arguments(JSON, "{}{}", "the body contains more than one JSON value"),
                arguments(JSON, "{}\n{}", "the body contains more than one JSON value"),
                arguments(JSON, "[{}] {}", "the body contains more than one JSON value"),
                arguments(JSON, "{} x", "the body is not JSON: line 1, column"),
                arguments(JSON, "hello", "the body is not JSON: line 1, column 1: Unrecognized token 'hello'"),
                arguments(JSON, "{\n\"a\":tru}", "the body is not JSON: line 2, column"),
                arguments(JSON, "{\"a\":1", "the body is not JSON: line 1, column"),
                arguments(JSON, "[{}", "the body is not JSON: line 1, column"),
                arguments(JSON, "[{},]", "the body is not JSON: line 1, column"),
                arguments(JSON, "[{}}", "the body is not JSON: line 1, column"),
                arguments(JSON, "{\"a\":{\"b\":1,\"b\":1}}", "Duplicate field 'b'"),
                arguments(JSON, "{\"a\":+1}", "the body is not JSON"),
                arguments(JSON, "{'a':1}", "the body is not JSON"),
                arguments(JSON, "{\"a\":1} // remark", "the body is not JSON"),
                arguments(JSON, "{\"a\":" + "9".repeat(1001) + "}", "Number value length (1001)"),
                arguments(JSON, nested(201), "nesting depth (201)"),
                arguments(JSON, "[".repeat(100_000), "nesting depth (201)"));
    }

    @ParameterizedTest
    @MethodSource("badBodies")
    void next_invalidBody_is400WithTheReason(String type, String body, String reason) {
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> parse(body.getBytes(UTF_8), type))
                .withMessageContaining(reason)
                .satisfies(e -> assertThat(e.status()).isEqualTo(400));
    }

    /** As the name in the header of a gzip member does. */
    @Test
    void next_bodyThatDecodesToNothing_isLimited() {
        byte[] headerWithName = {0x1F, (byte) 0x8B, 8, 1 << 3, 0, 0, 0, 0, 0, 0};
        byte[] name = "n".repeat(600).getBytes(UTF_8);
        BodyLimits limits = new BodyLimits(1000, 100, 1000, 10);

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> Bodies.read(
                        BodyFormat.of(LINES),
                        "gzip",
                        limits,
                        EventCheck.NONE,
                        List.of(headerWithName, name, name, name)))
                .withMessage("the body is longer than 1000 bytes")
                .satisfies(e -> assertThat(e.status()).isEqualTo(413));
    }

    @Test
    void next_deepNestingWithinTheLimit_isAccepted() {
        assertThat(parse(nested(200).getBytes(UTF_8), JSON)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"FF", "C3", "C0 AF", "ED A0 80", "E2 82", "F0 9F 98", "80", "F8 88 80 80 80", "FE FF"})
    void next_malformedUtf8_isRejected(String hex) {
        byte[] body = withBytes("{\"a\":\"", hex, "\"}");

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> parse(body, JSON))
                .withMessageContaining("UTF-8");
        assertThat(parse(body, LINES).get(0).problem()).asString().contains("UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32BE", "UTF-32LE"})
    void next_otherEncodings_areRejected(String charset) {
        byte[] body = "{\"a\":\"ਊ\"}".getBytes(Charset.forName(charset));

        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> parse(body, JSON))
                .satisfies(e -> assertThat(e.status()).isEqualTo(400));
        assertThat(parse(body, LINES))
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.problem()).isNotNull());
    }

    @Test
    void next_bytesOfNoEncoding_areRejected() {
        byte[] undecodable = {0, 0, 0, '{', 0x7f, 0x7f, 0, 0};

        assertThatExceptionOfType(RequestException.class).isThrownBy(() -> parse(undecodable, JSON));
        assertThat(parse(undecodable, LINES).get(0).problem()).asString().contains("line 1, column");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json; charset=utf-8",
                " Application/JSON ;charset=UTF-8",
                "application/x-ndjson",
                "application/ndjson",
                "text/plain;charset=UTF-8",
                "TEXT/PLAIN"
            })
    void next_contentTypes_areAcceptedInAnyCase_andWithParameters(String type) {
        assertThat(parse("{}".getBytes(UTF_8), type)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "'', (none)",
        "';', (none)",
        "application/xml, application/xml",
        "application/jsonx, application/jsonx",
        "application/octet-stream; q=1, application/octet-stream",
        "json, json"
    })
    void next_otherContentTypes_are415(String type, String named) {
        assertThatExceptionOfType(RequestException.class)
                .isThrownBy(() -> parse("{}".getBytes(UTF_8), type))
                .withMessage("Content-Type " + named
                        + " is not supported; send application/json, application/x-ndjson or text/plain")
                .satisfies(e -> assertThat(e.status()).isEqualTo(415));
    }

    private static List<Event> parse(byte[] body, String contentType) {
        return Bodies.read(BodyFormat.of(contentType), body);
    }

    private static String nested(int depth) {
        return "{\"a\":" + "[".repeat(depth - 1) + "]".repeat(depth - 1) + "}";
    }

    private static byte[] withBytes(String before, String hex, String after) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(before.getBytes(UTF_8));
        for (String b : hex.split(" ", -1)) {
            bytes.write(Integer.parseInt(b, 16));
        }
        bytes.writeBytes(after.getBytes(UTF_8));
        return bytes.toByteArray();
    }
}
