package io.wadi.indexing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.Charset;
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
                "{\"a\":1.50,\"b\":1e400}"
            })
    void inOneLine_objectInOneLine_isTheSameArray(String value) {
        byte[] bytes = value.getBytes(UTF_8);

        assertThat(JsonObjects.inOneLine(bytes)).isSameAs(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\n  \"a\": 1\n}", "{\r\n\"a\":\r1}\r\n", "\n\n{\"색\":\"파랑\\n\",\n\n\"b\":[\n1\n,2]}"})
    void inOneLine_objectOnSeveralLines_isTheSameObjectInOne(String value) throws IOException {
        byte[] bytes = value.getBytes(UTF_8);

        byte[] line = JsonObjects.inOneLine(bytes);

        assertThat(line).asString(UTF_8).doesNotContain("\n", "\r");
        assertThat(JSON.readTree(line)).isEqualTo(JSON.readTree(value));
        assertThat(bytes).as("the record's own value").isEqualTo(value.getBytes(UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ''              | begins with null; a document is a JSON object
            [{}]            | begins with START_ARRAY; a document is a JSON object
            "text"          | begins with VALUE_STRING; a document is a JSON object
            17              | begins with VALUE_NUMBER_INT; a document is a JSON object
            null            | begins with VALUE_NULL; a document is a JSON object
            hello           | not JSON: line 1, column 6: Unrecognized token 'hello'
            {"a":tru}       | Unrecognized token 'tru'
            {"a":1          | not JSON: line 1, column
            {}{}            | more than one JSON value; a document is one JSON object
            {} 1            | more than one JSON value; a document is one JSON object
            {} x            | not JSON: line 1, column
            {"a":NaN}       | Non-standard token 'NaN'
            {'a':1}         | not JSON: line 1, column
            """)
    void inOneLine_anythingElse_saysWhatAndWhere(String value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonObjects.inOneLine(value.getBytes(UTF_8)))
                .withMessageContaining(message);
    }

    @Test
    void inOneLine_lineBreakInAString_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonObjects.inOneLine("{\"a\":\"x\ny\"}".getBytes(UTF_8)))
                .withMessageContaining("Illegal unquoted character");
    }

    @Test
    void inOneLine_noValue_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonObjects.inOneLine(null))
                .withMessageContaining("tombstone");
    }

    @Test
    void inOneLine_deepNesting_isRefused() {
        String value = "{\"a\":" + "[".repeat(100_000);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonObjects.inOneLine(value.getBytes(UTF_8)))
                .withMessageContaining("nesting depth");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32BE"})
    void inOneLine_otherEncodings_areRefused(String charset) {
        // In UTF-16 this letter holds the byte of a line break.
        byte[] value = "{\"a\":\"ਊ\"}".getBytes(Charset.forName(charset));

        assertThatIllegalArgumentException().isThrownBy(() -> JsonObjects.inOneLine(value));
    }

    @Test
    void inOneLine_bytesOfNoEncoding_areRefused() {
        byte[] notEvenUtf32 = {0, 0, 0, '{', 0x7f, 0x7f, 0, 0};

        assertThatIllegalArgumentException().isThrownBy(() -> JsonObjects.inOneLine(notEvenUtf32));
    }

    @Test
    void inOneLine_byteOrderMark_isLeftOut() {
        assertThat(JsonObjects.inOneLine("\uFEFF{\"a\":1}".getBytes(UTF_8)))
                .asString(UTF_8)
                .isEqualTo("{\"a\":1}");
    }
}
