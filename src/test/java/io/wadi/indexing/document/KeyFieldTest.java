package io.wadi.indexing.document;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.wadi.kafka.Records;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KeyFieldTest {
    private static String with(String field, byte[] key, String json) {
        ByteBuffer value = Records.value(json.getBytes(UTF_8));
        ByteBuffer document = new KeyField(field).with(new ConsumerRecord<>("sales", 0, 7, key, value), value);
        assertThat(value).as("the record's own value").isEqualTo(Records.value(json.getBytes(UTF_8)));
        return new String(Records.bytes(document), UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"customerId":"7"}   | {"item":"book"}    | {"key":{"customerId":"7"},"item":"book"}
            {"customerId":"7"}   | { }                | {"key":{"customerId":"7"} }
            {"customerId":"7"}   |   {"item":1}       | {"key":{"customerId":"7"},"item":1}
            {"customerId":"7"    | {"item":1}         | {"key":"{\\"customerId\\":\\"7\\"","item":1}
            web-1                | {"a":{"key":1}}    | {"key":"web-1","a":{"key":1}}
            17                   | {"item":1}         | {"key":"17","item":1}
            "quoted"             | {"item":1}         | {"key":"\\"quoted\\"","item":1}
            [1]                  | {"item":1}         | {"key":"[1]","item":1}
            web-1                | {"b":[],"key":9}   | {"b":[],"key":9}
            """)
    void key_isAddedAsAnObjectOrText_beforeTheEventsFields(String key, String json, String expected) {
        assertThat(with("key", key.getBytes(UTF_8), json)).isEqualTo(expected);
    }

    @Test
    void keyWithLineBreaksOrBinaryData_isWrittenInOneLine() {
        assertThat(with("key", "{\n\"a\":\n1}".getBytes(UTF_8), "{}")).isEqualTo("{\"key\":{ \"a\": 1}}");
        assertThat(with("a \"name\"", new byte[] {(byte) 0xff}, "{}"))
                .isEqualTo("{\"a \\\"name\\\"\":\"base64:/w==\"}");
    }

    @Test
    void withoutAKeyOrAField_documentIsUnchanged() {
        assertThat(with("key", null, "{\"item\":1}")).isEqualTo("{\"item\":1}");
        assertThat(with("", "web-1".getBytes(UTF_8), "{\"item\":1}")).isEqualTo("{\"item\":1}");
    }

    @Test
    void fieldOfOrigins_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new KeyField("wadi-origin"))
                .withMessageContaining("key field wadi-origin");
    }
}
