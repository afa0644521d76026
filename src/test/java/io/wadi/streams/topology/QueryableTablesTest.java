package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.streams.definition.Table;
import io.wadi.streams.expression.ValueType;
import org.junit.jupiter.api.Test;

class QueryableTablesTest {
    private static String key(ValueType type, byte[] bytes) {
        QueryableTables tables = new QueryableTables("file");
        tables.add(new Table("rates", "rates", type, ValueType.STRING, true, 1), "table-rates");
        return tables.all().get(0).keys().text().apply(bytes);
    }

    @Test
    void keys_areTexts() {
        assertThat(key(ValueType.STRING, "a\"b".getBytes(UTF_8))).isEqualTo("a\"b");
        assertThat(key(ValueType.LONG, new byte[] {0, 0, 0, 0, 0, 0, 0, 7})).isEqualTo("7");
        assertThat(key(ValueType.JSON, "{\"a\": 1}".getBytes(UTF_8))).isEqualTo("{\"a\":1}");
        assertThat(key(ValueType.JSON, "\"a\"".getBytes(UTF_8))).isEqualTo("\"a\"");
    }

    /** One such key would prevent the list of all rows. */
    @Test
    void malformedKeys_areTextsToo() {
        assertThat(key(ValueType.STRING, new byte[] {(byte) 0xc3, 0x28})).isEqualTo("base64:wyg=");
        assertThat(key(ValueType.LONG, "seven".getBytes(UTF_8))).isEqualTo("seven");
        assertThat(key(ValueType.JSON, "{".getBytes(UTF_8))).isEqualTo("{");
    }
}
