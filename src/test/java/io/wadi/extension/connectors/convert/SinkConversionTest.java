package io.wadi.extension.connectors.convert;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.sink.SinkRecord;
import org.junit.jupiter.api.Test;

class SinkConversionTest {
    private static SinkRecord convert(String transforms, String key, String value) {
        return convert("json", transforms, key, value);
    }

    private static SinkRecord convert(String format, String transforms, String key, String value) {
        ConsumerRecord<byte[], ByteBuffer> consumed = new ConsumerRecord<>(
                "orders",
                2,
                7,
                key == null ? null : key.getBytes(UTF_8),
                value == null ? null : ByteBuffer.wrap(value.getBytes(UTF_8)));
        consumed.headers().add("source", "shop".getBytes(UTF_8));
        return new SinkConversion(Converters.of(format, ""), new Transformations<>(transforms)).convert(consumed);
    }

    /** As the converter of Kafka Connect's workers writes keys and values by default. */
    @Test
    void keyWithASchema_isReadByIt_ifValuesAre() {
        String day = """
                {"schema":{"type":"struct","fields":[{"field":"day","type":"int32","name":"org.apache.kafka.connect.data.Date"}]},\
                "payload":{"day":1}}""";
        SinkRecord record = convert("json-schema", "", day, null);

        assertThat(ConnectToJson.json(record.keySchema(), record.key())).hasToString("{\"day\":\"1970-01-02\"}");
        assertThat(convert("json-schema", "", "{\"schema\":{\"type\":\"int32\"},\"payload\":7}", null)
                        .key())
                .isEqualTo(7);
        assertThat(convert("json-schema", "", "{\"id\":1}", null).key()).isEqualTo(Map.of("id", 1L));
        assertThat(convert("json-schema", "", "{\"schema\":{\"type\":\"?\"},\"payload\":7}", null)
                        .key())
                .isEqualTo("{\"schema\":{\"type\":\"?\"},\"payload\":7}");
        assertThat(convert("json", "", "{\"schema\":{},\"payload\":7}", null).key())
                .isEqualTo(Map.of("schema", Map.of(), "payload", 7L));
    }

    @Test
    void tombstone_isDroppedByAFilter() {
        String filter = """
                transforms=drop
                transforms.drop.type=Filter
                transforms.drop.predicate=isTombstone
                predicates=isTombstone
                predicates.isTombstone.type=org.apache.kafka.connect.transforms.predicates.RecordIsTombstone
                """;

        assertThat(convert(filter, "k", null)).isNull();
        assertThat(convert(filter, "k", "{}").value()).isEqualTo(Map.of());
        assertThat(convert("", "k", null).value()).isNull();
    }

    @Test
    void transformations_receiveKeyAndHeaders() {
        SinkRecord record = convert("""
                transforms=key,header
                transforms.key.type=ExtractField$Key
                transforms.key.field=id
                transforms.header.type=HeaderFrom$Value
                transforms.header.fields=a
                transforms.header.headers=from
                transforms.header.operation=move
                """, "{\"id\":5}", "{\"a\":\"x\",\"b\":1}");

        assertThat(record.key()).isEqualTo(5L);
        assertThat(record.value()).isEqualTo(Map.of("b", 1L));
        assertThat(record.headers().lastWithName("from").value()).isEqualTo("x");
        assertThat(record.headers().lastWithName("source").value()).isEqualTo("shop");
        assertThat(convert("", "{broken", "{}").key()).isEqualTo("{broken");
        assertThat(convert("", "{\0\0\0aaaa", "{}").key()).isEqualTo("{\0\0\0aaaa");
    }
}
