package io.wadi.landing.format;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.format.CollidingNames;
import io.wadi.kafka.Records;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EnvelopeTest {
    private static final byte[] NO_TEXT = {(byte) 0xFF, 0, (byte) 0xC3};

    private final Envelope envelope = new Envelope();

    @Test
    void line_containsAllFieldsOfTheRecord() {
        Headers headers = new RecordHeaders()
                .add("id", "42".getBytes(UTF_8))
                .add("이름", null)
                .add("id", NO_TEXT);

        assertThat(line(consumed("k\"ey".getBytes(UTF_8), "{ \"a\" : 1.50 }".getBytes(UTF_8), headers)))
                .isEqualTo("{\"topic\":\"t\",\"partition\":3,\"offset\":9007199254740993,"
                        + "\"timestamp\":1618371296789,\"timestampType\":\"CreateTime\",\"key\":\"k\\\"ey\","
                        + "\"headers\":[{\"key\":\"id\",\"value\":\"42\"},{\"key\":\"이름\",\"value\":null},"
                        + "{\"key\":\"id\",\"valueBase64\":\"/wDD\"}],\"value\":{ \"a\" : 1.50 }}");
    }

    @Test
    void line_ofAnEmptyRecord_hasNulls() {
        assertThat(line(new ConsumerRecord<>("t", 0, 0, null, null)))
                .isEqualTo("{\"topic\":\"t\",\"partition\":0,\"offset\":0,\"timestamp\":null,"
                        + "\"timestampType\":\"NoTimestampType\",\"key\":null,\"headers\":[],\"value\":null}");
    }

    /** The fields after the headers. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"a":"김😀\\ud83d","a":1e400}   | "value":{"a":"김😀\\ud83d","a":1e400}
            `\t[1 , 2]`                     | "value":\t[1 , 2]
            "hello"                         | "value":"hello"
            12345678901234567890.10         | "value":12345678901234567890.10
            null                            | "valueText":"null"
            hello                           | "valueText":"hello"
            {"a":}                          | "valueText":"{\\"a\\":}"
            {} {}                           | "valueText":"{} {}"
            01                              | "valueText":"01"
            ``                              | "valueText":""
            김😀                            | "valueText":"김😀"
            """)
    void line_value_isEmbeddedAsJsonOrKeptAsText(String value, String field) {
        assertThat(line(consumed(null, value.getBytes(UTF_8), new RecordHeaders())))
                .endsWith("\"key\":null,\"headers\":[]," + field + "}");
    }

    @Test
    void line_breaksBetweenTokens_becomeSpaces() throws Exception {
        String value = "{\r\n  \"a\" : [\n1\n]\r\n}\n";

        String line = line(consumed(null, value.getBytes(UTF_8), new RecordHeaders()));

        assertThat(line).endsWith("\"value\":{    \"a\" : [ 1 ]  } }").doesNotContain("\n", "\r");
    }

    @Test
    void line_breaksInOtherText_areEscaped() {
        assertThat(line(consumed("a\nb".getBytes(UTF_8), "x\r\ny\u2028".getBytes(UTF_8), new RecordHeaders())))
                .endsWith("\"key\":\"a\\nb\",\"headers\":[],\"valueText\":\"x\\r\\ny\u2028\"}");
    }

    @Test
    void line_binaryKeyAndValue_areBase64() {
        assertThat(line(consumed(NO_TEXT, NO_TEXT, new RecordHeaders())))
                .endsWith("\"keyBase64\":\"/wDD\",\"headers\":[],\"valueBase64\":\"/wDD\"}");
    }

    @Test
    void line_jsonWithMalformedUtf8_isBase64() {
        byte[] value = "{\"a\":\"xx\"}".getBytes(UTF_8);
        value[6] = (byte) 0xED;
        value[7] = (byte) 0xA0;

        assertThat(line(consumed(null, value, new RecordHeaders()))).contains("\"valueBase64\":\"eyJhIjoi7aAifQ==\"");
    }

    @Test
    void line_jsonInOtherEncodings_isNotReadAsUtf8() {
        byte[] utf16 = "{\"a\":1}".getBytes(UTF_16LE);

        assertThat(line(consumed(null, utf16, new RecordHeaders())))
                .endsWith("\"valueText\":\"{\\u0000\\\"\\u0000a\\u0000\\\"\\u0000:\\u00001\\u0000}\\u0000\"}");
        assertThat(line(consumed(null, "\uFEFF{}".getBytes(UTF_8), new RecordHeaders())))
                .endsWith("\"valueText\":\"\uFEFF{}\"}");
    }

    @Test
    void line_deeplyNestedJson_isKept() {
        String value = "[".repeat(5_000) + "]".repeat(5_000);

        assertThat(line(consumed(null, value.getBytes(UTF_8), new RecordHeaders())))
                .endsWith("\"valueText\":\"" + value + "\"}");
    }

    @Test
    void line_numberWithMoreThanAThousandDigits_isText() {
        String longest = "1".repeat(1000);

        assertThat(line(consumed(null, longest.getBytes(UTF_8), new RecordHeaders())))
                .endsWith("\"value\":" + longest + "}");
        assertThat(line(consumed(null, (longest + "1").getBytes(UTF_8), new RecordHeaders())))
                .endsWith("\"valueText\":\"" + longest + "1\"}");
    }

    @Test
    void line_afterRecordsWithCollidingNames_keepsJson() {
        CollidingNames.objects()
                .forEach(json -> envelope.line(consumed(null, json.getBytes(UTF_8), new RecordHeaders())));

        assertThat(line(consumed(null, "{\"country\":\"NZ\"}".getBytes(UTF_8), new RecordHeaders())))
                .endsWith("\"headers\":[],\"value\":{\"country\":\"NZ\"}}");
    }

    private String line(ConsumerRecord<byte[], ByteBuffer> consumed) {
        byte[] line = Records.bytes(envelope.line(consumed));
        try {
            assertThat(new ObjectMapper().readTree(line).isObject()).isTrue();
        } catch (IOException e) {
            throw new AssertionError(new String(line, UTF_8), e);
        }
        return new String(line, UTF_8);
    }

    private static ConsumerRecord<byte[], ByteBuffer> consumed(byte[] key, byte[] value, Headers headers) {
        return new ConsumerRecord<>(
                "t",
                3,
                9007199254740993L,
                1618371296789L,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                key,
                Records.value(value),
                headers,
                Optional.empty());
    }
}
