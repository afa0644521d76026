package io.wadi.kafka.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

/** The text in which records are displayed. */
class RecordTextTest {
    private static ConsumerRecord<byte[], byte[]> found(byte[] key, byte[] value) {
        RecordHeaders headers = new RecordHeaders();
        headers.add("id", "7".getBytes(UTF_8));
        return new ConsumerRecord<>(
                "t", 2, 17, 1_000, TimestampType.CREATE_TIME, 0, 0, key, value, headers, Optional.empty());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Test
    void shortRecord_isOneLine() {
        assertThat(RecordText.lines(found(bytes("k"), bytes("{\"a\":1.10}"))))
                .isEqualTo("2@17  1970-01-01T00:00:01Z  k  id=7  {\"a\":1.10}");
        assertThat(RecordText.lines(found(null, null))).isEqualTo("2@17  1970-01-01T00:00:01Z  id=7  (null)");
    }

    @Test
    void longJson_isIndentedBelow_andOtherLongTextStaysInTheLine() {
        String padding = "x".repeat(160);

        assertThat(RecordText.lines(found(null, bytes("{\"a\":\"" + padding + "\",\"b\":[1]}"))))
                .isEqualTo("2@17  1970-01-01T00:00:01Z  id=7\n  {\n    \"a\" : \"" + padding
                        + "\",\n    \"b\" : [ 1 ]\n  }");
        assertThat(RecordText.lines(found(null, bytes("{" + padding)))).endsWith("id=7  {" + padding);
    }

    @Test
    void lineBreaks_cannotLookLikeAnotherRecord() {
        ConsumerRecord<byte[], byte[]> record = found(bytes("k\n2@18"), bytes("a\n2@18\n\n"));
        record.headers().add("h\n2@18", bytes("b\n2@18"));

        assertThat(RecordText.lines(record))
                .isEqualTo("2@17  1970-01-01T00:00:01Z  k\\n2@18  id=7  h\\n2@18=b\\n2@18  a\n  2@18\n  \n  ");
    }

    @Test
    void json_isOneObject_withTheUnchangedValue() {
        assertThat(RecordText.json(found(bytes("k"), bytes("{\"a\":1.10}"))))
                .isEqualTo(
                        "{\"topic\":\"t\",\"partition\":2,\"offset\":17,\"time\":\"1970-01-01T00:00:01Z\",\"key\":\"k\","
                                + "\"headers\":[{\"name\":\"id\",\"value\":\"7\"}],\"value\":{\"a\":1.10}}");
        assertThat(RecordText.json(found(null, bytes("no {json")))).endsWith("\"value\":\"no {json\"}");
        assertThat(RecordText.json(found(null, null))).contains("\"key\":null").endsWith("\"value\":null}");
    }

    /** Jackson throws a NumberFormatException for such JSON. */
    @Test
    void jsonWithAnExponentBeyondAnInt_isText_andMasked() {
        ConsumerRecord<byte[], byte[]> record = found(null, bytes("{\"password\":\"x\",\"a\":1e9999999999}"));

        assertThat(RecordText.json(record))
                .endsWith("\"value\":\"{\\\"password\\\":\\\"x\\\",\\\"a\\\":1e9999999999}\"}");
        assertThat(RecordText.shown(record, Masking.of(Set.of("password")), 1000)
                        .path("value")
                        .asText())
                .isEqualTo("{\"password\":•••,\"a\":1e9999999999}");
    }

    @Test
    void binaryValue_isBase64() {
        assertThat(RecordText.lines(found(null, new byte[] {(byte) 0xff, 0}))).endsWith("  base64:/wA=");
    }

    @Test
    void shown_secretsAreMasked_atAnyDepth_andInHeaders() {
        ObjectNode shown = RecordText.shown(
                found(bytes("{\"token\":1}"), bytes("{\"a\":[{\"PassWord\":{\"x\":1},\"b\":2}]}")),
                Masking.of(Set.of("password", "TOKEN", "id")),
                1000);

        assertThat(shown.path("key").asText()).isEqualTo("{\n  \"token\" : \"•••\"\n}");
        assertThat(shown.path("value").asText())
                .isEqualTo("{\n  \"a\" : [ {\n    \"PassWord\" : \"•••\",\n    \"b\" : 2\n  } ]\n}");
        assertThat(shown.path("headers").path(0).path("value").asText()).isEqualTo("•••");
        assertThat(shown.path("cut").asBoolean()).isFalse();
    }

    @Test
    void shown_longValueIsTruncated_withItsLength() {
        ObjectNode shown = RecordText.shown(found(null, bytes("x".repeat(1001))), Masking.NONE, 1000);

        assertThat(shown.path("value").asText()).hasSize(1000);
        assertThat(shown.path("cut").asBoolean()).isTrue();
        assertThat(shown.path("bytes").asInt()).isEqualTo(1001);
        assertThat(RecordText.shown(found(null, null), Masking.NONE, 1000)
                        .path("value")
                        .isNull())
                .isTrue();
    }

    /** Indentation adds two blanks per level to each line, which would turn one megabyte into two hundred. */
    @Test
    void shown_deepAndWideJson_isIndentedOnlyUpToTheLimit() {
        int depth = 900;
        StringBuilder value = new StringBuilder("{\"a\":".repeat(depth)).append('{');
        for (int i = 0; i < 100_000; i++) {
            value.append('"').append(i).append("\":1,");
        }
        value.append("\"z\":1}").append("}".repeat(depth));
        ConsumerRecord<byte[], byte[]> record = found(null, bytes(value.toString()));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        long before = threads.getThreadAllocatedBytes(thread);

        ObjectNode shown = RecordText.shown(record, Masking.NONE, 20_000);

        assertThat(threads.getThreadAllocatedBytes(thread) - before).isLessThan(100L << 20);
        assertThat(shown.path("value").asText()).hasSize(20_000).startsWith("{\n  \"a\" : {\n    \"a\" : {\n");
        assertThat(shown.path("cut").asBoolean()).isTrue();
    }

    @Test
    void characters_countKeyHeadersAndValue() {
        int ofHeader = 30 + "id".length() + "7".length();

        assertThat(RecordText.characters(RecordText.shown(found(bytes("key"), bytes("value")), Masking.NONE, 100)))
                .isEqualTo("key".length() + ofHeader + "value".length());
        assertThat(RecordText.characters(RecordText.shown(found(null, null), Masking.NONE, 100)))
                .isEqualTo(ofHeader);
    }

    /** A header of a record may be two bytes long, but is an object of several hundred bytes in the response. */
    @Test
    void shown_manyHeaders_onlyTheFirstAreShown() {
        ConsumerRecord<byte[], byte[]> record = found(null, null);
        record.headers().remove("id");
        for (int i = 0; i < 300; i++) {
            record.headers().add("a" + i, null).add("b", null);
        }

        ObjectNode shown = RecordText.shown(record, Masking.NONE, 100, name -> name.startsWith("a"));

        assertThat(shown.path("headers")).hasSize(256);
        assertThat(shown.path("headers").path(255).path("name").asText()).isEqualTo("a255");
        assertThat(shown.path("omittedHeaders").asInt()).isEqualTo(44);
        assertThat(RecordText.shown(found(null, null), Masking.NONE, 100)
                        .path("omittedHeaders")
                        .asInt())
                .isZero();
    }

    @Test
    void shown_longNameOfAHeader_isTruncated() {
        ConsumerRecord<byte[], byte[]> record = found(null, null);
        record.headers().remove("id").add("x".repeat(101), null);

        assertThat(RecordText.shown(record, Masking.NONE, 100)
                        .path("headers")
                        .path(0)
                        .path("name")
                        .asText())
                .hasSize(100);
    }

    @Test
    void deepJson_isNotIndentedIfThatMultipliesItsLength() {
        int depth = 900;
        String members =
                IntStream.range(0, 2000).mapToObj(i -> "\"" + i + "\":1").collect(Collectors.joining(","));
        String value = "{\"a\":".repeat(depth) + "{" + members + "}" + "}".repeat(depth);

        assertThat(RecordText.lines(found(null, bytes(value)))).isEqualTo("2@17  1970-01-01T00:00:01Z  id=7  " + value);
    }
}
