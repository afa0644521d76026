package io.wadi.extension.connectors.database;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.extension.connectors.convert.ConnectToJson;
import io.wadi.extension.connectors.convert.SinkConversion;
import io.wadi.format.Decimals;
import io.wadi.format.JsonText;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.connect.sink.SinkRecord;

/**
 * Maps records to rows. A field becomes the column with its name. Columns of the primary key that the value lacks are
 * taken from the record's key, if that is a JSON object; any other record key is the primary key, if that is a single
 * column. Thread-safe.
 */
record RowMapper(SinkConversion conversion, Options options) {
    /**
     * The handling of records.
     *
     * @param deletes whether a record without a value deletes its row
     * @param ignoreUnknownFields whether fields without a column are ignored
     * @param coordinates whether the columns kafka_topic, kafka_partition, kafka_offset and kafka_timestamp are set, if
     *     the table has them
     */
    record Options(boolean deletes, boolean ignoreUnknownFields, boolean coordinates) {}

    /**
     * Maps a record to its row.
     *
     * @return null if a transformation drops the record
     * @throws IllegalArgumentException if the record cannot be a row of this table; the message has the reason
     */
    Row of(ConsumerRecord<byte[], ByteBuffer> consumed, Table table) {
        SinkRecord record = conversion.convert(consumed);
        if (record == null) {
            return null;
        }
        Map<String, JsonNode> row = new LinkedHashMap<>();
        boolean isDelete = record.value() == null;
        if (isDelete && !options.deletes()) {
            throw new IllegalArgumentException("found no value (a tombstone); deletes=true deletes the row of the key");
        }
        if (!isDelete) {
            putValue(record, table, row);
        }
        putKey(record, table, row);
        if (options.coordinates()) {
            putCoordinates(consumed, table, row);
        }
        if (isDelete) {
            row.keySet().retainAll(table.key());
        }
        row.forEach((column, value) ->
                requireBounded(column, value, Table.isArray(table.columns().get(column))));
        row.forEach(RowMapper::requireEncodable);
        return new Row(consumed, isDelete, row, keyOf(row, table));
    }

    /**
     * Rejects numbers with extreme exponents, also in the arrays of a column of arrays: a number is written with all of
     * its digits, which could be billions. In a column of JSON, the numbers of arrays and objects keep their exponents.
     */
    private static void requireBounded(String column, JsonNode value, boolean hasArrays) {
        if (value.isBigDecimal() && Decimals.isLarge(value.decimalValue())) {
            throw new IllegalArgumentException(
                    "the column %s accepts numbers of at most %d digits with an exponent within ±%d, found %s"
                            .formatted(column, Decimals.MAX_DIGITS, Decimals.MAX_DIGITS, inShort(value)));
        }
        if (hasArrays && value.isArray()) {
            value.forEach(element -> requireBounded(column, element, true));
        }
    }

    /** Rejects texts that the driver would write with a question mark: different keys could be the same. */
    private static void requireEncodable(String column, JsonNode value) {
        if (value.isTextual() && JsonText.unpairedSurrogate(value.textValue()) >= 0) {
            throw new IllegalArgumentException(
                    "the value of the column %s has %s".formatted(column, JsonText.UNPAIRED_SURROGATE));
        }
        value.forEach(each -> requireEncodable(column, each));
    }

    private static String inShort(JsonNode number) {
        BigDecimal value = number.decimalValue();
        return Math.abs((long) value.scale()) > Decimals.MAX_DIGITS
                ? "an exponent of %d".formatted(-(long) value.scale())
                : "%d digits".formatted(value.precision());
    }

    private void putValue(SinkRecord record, Table table, Map<String, JsonNode> row) {
        ObjectNode fields = ConnectToJson.object(record.valueSchema(), record.value());
        for (Map.Entry<String, JsonNode> field : fields.properties()) {
            if (table.columns().containsKey(field.getKey())) {
                row.put(field.getKey(), field.getValue());
            } else if (!options.ignoreUnknownFields()) {
                throw new IllegalArgumentException(
                        "the field %s is not a column of %s, which has %s; drop or rename it, or set ignoreUnknownFields"
                                .formatted(
                                        field.getKey(),
                                        table.name(),
                                        String.join(", ", table.columns().keySet())));
            }
        }
    }

    private static void putKey(SinkRecord record, Table table, Map<String, JsonNode> row) {
        if (record.key() == null || row.keySet().containsAll(table.key())) {
            return;
        }
        JsonNode key = ConnectToJson.json(record.keySchema(), record.key());
        if (key.isObject()) {
            for (String column : table.key()) {
                if (key.has(column)) {
                    row.putIfAbsent(column, key.get(column));
                }
            }
        } else if (table.key().size() == 1) {
            row.putIfAbsent(table.key().get(0), key);
        }
    }

    private static void putCoordinates(ConsumerRecord<?, ?> consumed, Table table, Map<String, JsonNode> row) {
        ObjectNode coordinates = JsonNodeFactory.instance
                .objectNode()
                .put("kafka_topic", consumed.topic())
                .put("kafka_partition", consumed.partition())
                .put("kafka_offset", consumed.offset())
                .put(
                        "kafka_timestamp",
                        Instant.ofEpochMilli(consumed.timestamp()).toString());
        for (Map.Entry<String, JsonNode> each : coordinates.properties()) {
            if (table.columns().containsKey(each.getKey())) {
                row.put(each.getKey(), each.getValue());
            }
        }
    }

    private static List<String> keyOf(Map<String, JsonNode> row, Table table) {
        List<String> key = new ArrayList<>();
        for (String column : table.key()) {
            JsonNode value = row.get(column);
            if (value == null || value.isNull()) {
                throw new IllegalArgumentException("neither the value nor the key has %s, a column of the key of %s"
                        .formatted(column, table.name()));
            }
            key.add(Statements.text(value));
        }
        return key;
    }
}
