package io.wadi.ingest.event;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonBodyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{ \"a\" : [1,\t2] }",
                "[ ]",
                "[[{\"b\":\"]}\"}]]",
                "\"\"",
                "\"김 😀 \\u0041 \\\" }\"",
                "0",
                "-1.50e+3",
                "123456789012345678901234567890",
                "true",
                "false",
                "null"
            })
    void cut_returnsTheValueByteForByte_atAnyPosition(String value) throws IOException {
        assertThat(second("{\"색\":1,\"v\":" + value + ",\"n\":2}")).isEqualTo(value);
        assertThat(second("\uFEFF {\"색\": 1 ,\n\"v\" :  " + value + " }\n")).isEqualTo(value);
    }

    /** Returns the object's second value, after reading the rest of the body. */
    private static String second(String body) throws IOException {
        try (JsonBody json = new JsonBody(body.getBytes(UTF_8))) {
            for (int token = 0; token < 5; token++) {
                json.parser().nextToken();
            }
            String cut = new String(json.copyValue(), UTF_8);
            while (json.parser().nextToken() != JsonToken.END_OBJECT) {}
            json.end();
            return cut;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"a\":1,\"a\":2}", "{\"a\":1", "{\"a\":1}{}", "{\"a\":01}", "{'a':1}", "{\"a\":\"\u0001\"}"})
    void body_thatIsNotStrictJson_isRejectedWithItsPosition(String body) {
        assertThatExceptionOfType(JsonProcessingException.class)
                .isThrownBy(() -> readAll(body.getBytes(UTF_8)))
                .satisfies(e -> assertThat(JsonBody.explain(e)).matches("(?s)line 1, column [1-9]\\d*: .+"));
    }

    @Test
    void body_inAnotherEncoding_isRejected() {
        assertThatExceptionOfType(JsonProcessingException.class)
                .isThrownBy(() -> readAll("{\"a\":1}".getBytes(UTF_16LE)));
    }

    private static void readAll(byte[] body) throws IOException {
        try (JsonBody json = new JsonBody(body)) {
            json.parser().nextToken();
            json.parser().skipChildren();
            json.end();
        }
    }
}
