package io.wadi.indexing.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.format.CollidingNames;
import io.wadi.kafka.Records;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonObjectsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{ \"a\" : [1, {\"b\":null}] }",
                " \t{\"a\":1} ",
                "{\"이름\":\"김철수 😀\",\"q\":\"\\n\\u000a\\\"\"}",
                "{\"a\":1.50,\"b\":1e400}",
                "{\"\\ud83d\\ude00😀\":{\"a\":\"\\ud800\\u0000\"}}"
            })
    void inOneLine_objectInOneLine_isReturnedUnchanged(String value) {
        ByteBuffer consumed = Records.value(value.getBytes(UTF_8));

        assertThat(JsonObjects.inOneLine(consumed)).isSameAs(consumed);
        assertThat(consumed).isEqualTo(Records.value(value.getBytes(UTF_8)));
    }

    @Test
    void inOneLine_afterObjectsWithCollidingNames_isReturned() {
        for (String json : CollidingNames.objects()) {
            try {
                JsonObjects.inOneLine(Records.value(json.getBytes(UTF_8)));
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("symbol table");
            }
        }
        ByteBuffer consumed = Records.value("{\"country\":\"NZ\"}".getBytes(UTF_8));

        assertThat(JsonObjects.inOneLine(consumed)).isSameAs(consumed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\n  \"a\": 1\n}", "{\r\n\"a\":\r1}\r\n", "\n\n{\"색\":\"파랑\\n\",\n\n\"b\":[\n1\n,2]}"})
    void inOneLine_objectOnSeveralLines_isJoinedIntoOneLine(String value) throws IOException {
        ByteBuffer consumed = Records.value(value.getBytes(UTF_8));

        byte[] line = Records.bytes(JsonObjects.inOneLine(consumed));

        assertThat(line).asString(UTF_8).doesNotContain("\n", "\r");
        assertThat(JSON.readTree(line)).isEqualTo(JSON.readTree(value));
        assertThat(consumed).as("the record's own value").isEqualTo(Records.value(value.getBytes(UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''              | found an empty value, expected a JSON object
            [{}]            | found an array, expected a JSON object
            "text"          | found a string, expected a JSON object
            17              | found a number, expected a JSON object
            true            | found a boolean, expected a JSON object
            null            | found null, expected a JSON object
            hello           | not JSON: line 1, column 1: Unrecognized token 'hello'
            {"a":tru}       | Unrecognized token 'tru'
            {"a":1          | not JSON: line 1, column
            {}{}            | found more than one JSON value, expected one JSON object
            {} 1            | found more than one JSON value, expected one JSON object
            {} x            | not JSON: line 1, column
            {"a":NaN}       | Non-standard token 'NaN'
            {'a':1}         | not JSON: line 1, column
            {"\\ud800":1}   | not JSON: line 1, column 9: Broken surrogate pair in field name
            {"a":[{"\\udc00":1}]}       | Unexpected low surrogate in field name
            {"\\ud83d":{"\\ude00":1}}  | Broken surrogate pair in field name
            """)
    void inOneLine_invalidValue_reportsReasonAndPosition(String value, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> inOneLine(value)).withMessageContaining(message);
    }

    @Test
    void inOneLine_lineBreakInAString_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> inOneLine("{\"a\":\"x\ny\"}"))
                .withMessageContaining("Illegal unquoted character");
    }

    /** Elasticsearch accepts these bytes, which are not UTF-8, in names, and its index then becomes red. */
    @ParameterizedTest
    @ValueSource(strings = {"EDA080", "EDB080", "F0808080", "F08FBFBF", "F4908080", "F7BFBFBF"})
    void inOneLine_encodedSurrogateInAName_isRejected(String bytes) {
        ByteBuffer value = ByteBuffer.allocate(20).put("{\"a\":[{\"".getBytes(UTF_8));
        value.put(HexFormat.of().parseHex(bytes)).put("\":1}]}".getBytes(UTF_8)).flip();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonObjects.inOneLine(value))
                .withMessageStartingWith("not JSON: line 1, column ")
                .withMessageContaining("Invalid UTF-8");
    }

    @Test
    void inOneLine_tombstone_isRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonObjects.inOneLine(null))
                .withMessageContaining("tombstone");
    }

    @Test
    void inOneLine_deepNesting_isRejected() {
        String value = "{\"a\":" + "[".repeat(100_000);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> inOneLine(value))
                .withMessage("not JSON: Document nesting depth (1001) exceeds the maximum allowed (1000)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32BE"})
    void inOneLine_otherEncodings_areRejected(String charset) {
        // In UTF-16, one byte of this letter is that of a line break.
        ByteBuffer value = Records.value("{\"a\":\"ਊ\"}".getBytes(Charset.forName(charset)));

        assertThatIllegalArgumentException().isThrownBy(() -> JsonObjects.inOneLine(value));
    }

    @Test
    void inOneLine_bytesOfNoEncoding_areRejected() {
        ByteBuffer notEvenUtf32 = Records.value(new byte[] {0, 0, 0, '{', 0x7f, 0x7f, 0, 0});

        assertThatIllegalArgumentException().isThrownBy(() -> JsonObjects.inOneLine(notEvenUtf32));
    }

    @Test
    void inOneLine_byteOrderMark_isRemoved() {
        assertThat(Records.bytes(inOneLine("\uFEFF{\"a\":1}"))).asString(UTF_8).isEqualTo("{\"a\":1}");
        assertThat(Records.bytes(inOneLine("\uFEFF{\"a\":\n1}")))
                .asString(UTF_8)
                .isEqualTo("{\"a\": 1}");
    }

    private static ByteBuffer inOneLine(String value) {
        return JsonObjects.inOneLine(Records.value(value.getBytes(UTF_8)));
    }
}
