package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.wadi.kafka.records.RecordText;
import io.wadi.kafka.streams.QueryableTable;
import io.wadi.kafka.streams.QueryableTable.Kind;
import io.wadi.runtime.config.Units;
import io.wadi.streams.definition.Aggregations;
import io.wadi.streams.definition.Flow;
import io.wadi.streams.definition.Step;
import io.wadi.streams.definition.Table;
import io.wadi.streams.definition.WindowDefinition;
import io.wadi.streams.expression.ValueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The queryable state of a file and its names: {@code FILE.TABLE} is a table. The first aggregation of a flow is {@code
 * FILE.FLOW}, or {@code FILE} in a file with a single flow; later ones are numbered, as in {@code FILE.2}.
 */
final class QueryableTables {
    private static final String BASE64 = "base64:";

    private final String file;
    private final Map<String, Integer> counts = new HashMap<>();
    private final List<QueryableTable> all = new ArrayList<>();

    QueryableTables(String file) {
        this.file = file;
    }

    List<QueryableTable> all() {
        return List.copyOf(all);
    }

    void add(Table table, String store) {
        all.add(new QueryableTable(
                file + "." + table.name(),
                path(),
                table.isGlobal() ? Kind.GLOBAL : Kind.BY_KEY,
                table.isGlobal() ? "global table" : "table",
                store,
                Duration.ZERO,
                keys(table.key()),
                value -> json(table, (byte[]) value)));
    }

    private String path() {
        return "streams/" + file + ".yaml";
    }

    private static JsonNode json(Table table, byte[] value) {
        return table.value() == ValueType.BYTES
                ? TextNode.valueOf(RecordText.text(value))
                : ValueType.tree(table.value().readTree(value));
    }

    void add(String flow, String place, Step.Aggregate aggregate, ValueType key) {
        String name = flow.equals(Flow.ONLY) ? file : file + "." + flow;
        int count = counts.merge(flow, 1, Integer::sum);
        WindowDefinition window = aggregate.window();
        Aggregations aggregations = aggregate.aggregations();
        all.add(new QueryableTable(
                count == 1 ? name : name + "." + count,
                path(),
                kind(window),
                description(window),
                place,
                window == null ? Duration.ZERO : window.size(),
                keys(key),
                row -> ValueType.tree(aggregations.result((Number[]) row))));
    }

    private static Kind kind(WindowDefinition window) {
        if (window == null) {
            return Kind.BY_KEY;
        }
        return switch (window.kind()) {
            case TUMBLING, HOPPING -> Kind.WINDOWS;
            case SLIDING -> Kind.SLIDING;
            case SESSION -> Kind.SESSIONS;
        };
    }

    private static String description(WindowDefinition window) {
        if (window == null) {
            return "totals";
        }
        return "totals by %s windows of %s"
                .formatted(window.kind().name().toLowerCase(Locale.ROOT), Units.text(window.size()));
    }

    private static QueryableTable.Keys keys(ValueType type) {
        return new QueryableTable.Keys(type.word(), text -> bytes(type, text), bytes -> text(type, bytes));
    }

    /** Returns a key as text. Flows do not check texts, and global tables do not check any keys. */
    private static String text(ValueType type, byte[] bytes) {
        if (type == ValueType.BYTES || type == ValueType.STRING) {
            return RecordText.text(bytes);
        }
        try {
            return ValueType.tree(type.readTree(bytes)).toString();
        } catch (IllegalArgumentException e) {
            return RecordText.text(bytes);
        }
    }

    private static byte[] bytes(ValueType type, String text) {
        return switch (type) {
            case JSON -> type.write(type.read(text.getBytes(UTF_8)));
            case BYTES -> text.startsWith(BASE64) ? decoded(text.substring(BASE64.length())) : text.getBytes(UTF_8);
            case STRING, LONG, DOUBLE -> type.write(text);
        };
    }

    private static byte[] decoded(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("has invalid Base64 after base64:", e);
        }
    }
}
