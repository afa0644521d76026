package io.wadi.kafka.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import org.apache.kafka.streams.kstream.Window;
import org.apache.kafka.streams.kstream.internals.TimeWindow;
import org.junit.jupiter.api.Test;

class TableRowsTest {
    private static final JsonNode VALUE = JsonNodeFactory.instance.numberNode(1);
    private static final Window WINDOW = new TimeWindow(0, 1000);

    private static void put(TableRows rows, String key, JsonNode value) {
        rows.put(ByteBuffer.wrap(key.getBytes(UTF_8)), WINDOW, false, key, value);
    }

    @Test
    void longKeys_areTruncated_andTheResponseIsLimited() {
        TableRows rows = new TableRows(1000, 400_000, UnaryOperator.identity());
        for (int i = 0; i < 200 && rows.mayAdd(); i++) {
            put(rows, i + "\u0001".repeat(160_000), VALUE);
        }

        ArrayNode json = rows.json();
        assertThat(rows.isFull()).isTrue();
        assertThat(json.size()).isBetween(10, 20);
        assertThat(json.toString().length()).isLessThan(6 * 400_000);
        assertThat(json.get(0).get("key").asText()).hasSize(20_000);
        assertThat(json.get(0).get("cut").asBoolean()).isTrue();
    }

    /** A former window of the key would be returned as the current one. */
    @Test
    void rowThatNoLongerFits_isRemoved() {
        TableRows rows = new TableRows(1000, 100, UnaryOperator.identity());
        put(rows, "a", VALUE);
        put(rows, "b", VALUE);

        put(rows, "a", JsonNodeFactory.instance.textNode("x".repeat(100)));

        assertThat(rows.isFull()).isTrue();
        assertThat(rows.json().toString()).isEqualTo("[{\"key\":\"b\",\"value\":1}]");
    }

    @Test
    void longValues_areTruncated_afterMasking() {
        TableRows rows =
                new TableRows(1000, 400_000, value -> JsonNodeFactory.instance.textNode("masked".repeat(10_000)));
        put(rows, "a", VALUE);

        assertThat(rows.json().get(0).get("value").asText()).hasSize(20_000).contains("masked");
        assertThat(rows.json().get(0).get("cut").asBoolean()).isTrue();
    }

    @Test
    void rows_areLimitedInNumber_andReplacedByKey() {
        TableRows rows = new TableRows(2, 400_000, UnaryOperator.identity());
        put(rows, "a", VALUE);
        put(rows, "b", VALUE);
        assertThat(rows.mayAdd()).isFalse();
        put(rows, "a", JsonNodeFactory.instance.numberNode(2));

        assertThat(rows.json().toString()).isEqualTo("[{\"key\":\"a\",\"value\":2},{\"key\":\"b\",\"value\":1}]");
    }
}
