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
        ConsumerRecord<byte[], ByteBuffer> consumed = new ConsumerRecord<>(
                "orders",
                2,
                7,
                key == null ? null : key.getBytes(UTF_8),
                value == null ? null : ByteBuffer.wrap(value.getBytes(UTF_8)));
        consumed.headers().add("source", "shop".getBytes(UTF_8));
        return new SinkConversion(Converters.of("json", ""), new Transformations<>(transforms)).convert(consumed);
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
