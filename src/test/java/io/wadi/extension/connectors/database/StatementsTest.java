package io.wadi.extension.connectors.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementsTest {
    /** The statements with their rows, in the order of their execution. */
    private final List<String> executed = new ArrayList<>();

    private final Connection connection = (Connection) Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> statement((String) arguments[0]));

    private PreparedStatement statement(String sql) {
        List<String> row = new ArrayList<>();
        List<List<String>> rows = new ArrayList<>();
        return (PreparedStatement) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PreparedStatement.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "setString" -> row.add((String) arguments[1]);
                        case "addBatch" -> {
                            rows.add(List.copyOf(row));
                            row.clear();
                        }
                        case "executeBatch" -> executed.add(sql.substring(0, 6) + rows);
                        default -> assertThat(method.getName()).isEqualTo("close");
                    }
                    return null;
                });
    }

    private static Row row(String key, Integer value) {
        Map<String, JsonNode> columns = new LinkedHashMap<>();
        columns.put("id", JsonNodeFactory.instance.textNode(key));
        if (value != null) {
            columns.put("v", JsonNodeFactory.instance.numberNode(value));
        }
        return new Row(null, value == null, columns, List.of(key));
    }

    private List<String> written(int keyType, Row... rows) throws Exception {
        Table table = new Table("t", Map.of("id", keyType, "v", Types.INTEGER), List.of("id"));
        new Statements(table, Statements.OnConflict.UPDATE).write(connection, List.of(rows));
        return executed;
    }

    /** Of each pair, both texts are the same value of the type of the key. */
    @ParameterizedTest
    @CsvSource({
        "2, 1.5, 1.50",
        "93, 2026-11-29T08:00:00Z, 2026-11-29T09:00:00+01:00",
        "1111, 0A28C4A0-7B5C-4C55-9F40-6A1C1C6F2B11, 0a28c4a0-7b5c-4c55-9f40-6a1c1c6f2b11",
        "4, 01, 1",
        "70001, a, A",
        "70001, 12, -12"
    })
    void rowsThatMayHaveEqualKeys_areWrittenInTheirOrder(int keyType, String key, String same) throws Exception {
        assertThat(written(keyType, row("7", null), row(key, 1), row(same, null), row(key, 2)))
                .containsExactly(
                        "DELETE[[7]]",
                        "INSERT[[%s, 1]]".formatted(key),
                        "DELETE[[%s]]".formatted(same),
                        "INSERT[[%s, 2]]".formatted(key));
    }

    @Test
    void rowsWithOtherKeys_areWrittenWithOneStatementOfEachForm() throws Exception {
        assertThat(written(Types.INTEGER, row("1", 1), row("2", null), row("3", 1), row("1", 2)))
                .containsExactly("INSERT[[1, 2], [3, 1]]", "DELETE[[2]]");
        executed.clear();
        assertThat(written(Types.VARCHAR, row("a", 1), row("b", null), row("A", 1)))
                .containsExactly("INSERT[[a, 1], [A, 1]]", "DELETE[[b]]");
    }
}
