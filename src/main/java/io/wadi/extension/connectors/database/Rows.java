package io.wadi.extension.connectors.database;

import com.fasterxml.jackson.databind.JsonNode;
import io.wadi.extension.connectors.convert.Fields;
import io.wadi.extension.connectors.convert.Format;
import io.wadi.extension.connectors.convert.Transforms;
import io.wadi.format.Decimals;
import io.wadi.kafka.records.RecordText;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Makes records rows. A field is the column of its name. Columns that the value has not are taken from a key that is a JSON object;
 * any other key is the table's key, where that is one column. Thread-safe.
 */
final class Rows {
    private final Format values;
    private final Format keys = Format.of("json", "");
    private final Transforms transforms;
    private final Options options;

    /**
     * What becomes of what.
     *
     * @param deletes whether a record without a value deletes its row
     * @param ignoreUnknownFields whether fields that are no columns are left out
     * @param coordinates whether columns kafka_topic, kafka_partition, kafka_offset and kafka_timestamp are filled
     */
    record Options(boolean deletes, boolean ignoreUnknownFields, boolean coordinates) {}

    Rows(Format values, Transforms transforms, Options options) {
        this.values = values;
        this.transforms = transforms;
        this.options = options;
    }

    /**
     * Makes one.
     *
     * @throws UnknownFieldException where a field is no column
     * @throws IllegalArgumentException where it cannot be a row of this table; the message says why
     */
    Row of(ConsumerRecord<byte[], ByteBuffer> consumed, Table table) {
        Map<String, JsonNode> row = new LinkedHashMap<>();
        boolean isDelete = consumed.value() == null;
        if (isDelete && !options.deletes()) {
            throw new IllegalArgumentException("no value (a tombstone); with deletes=true it would delete its row");
        }
        if (!isDelete) {
            putValue(consumed, table, row);
        }
        putKey(consumed, table, row);
        if (options.coordinates()) {
            putCoordinates(consumed, table, row);
        }
        if (isDelete) {
            row.keySet().retainAll(table.key());
        }
        row.forEach(Rows::requireBounded);
        return new Row(consumed, isDelete, row, keyOf(row, table));
    }

    /** A number is written with all of its digits, of which an exponent may ask for billions. */
    private static void requireBounded(String column, JsonNode value) {
        if (value.isBigDecimal() && Decimals.isLarge(value.decimalValue())) {
            throw new IllegalArgumentException(
                    "the column %s takes numbers of at most %d digits with an exponent within ±%d, found %s"
                            .formatted(column, Decimals.MAX_DIGITS, Decimals.MAX_DIGITS, inShort(value)));
        }
    }

    private static String inShort(JsonNode number) {
        BigDecimal value = number.decimalValue();
        return Math.abs((long) value.scale()) > Decimals.MAX_DIGITS
                ? "an exponent of %d".formatted(-(long) value.scale())
                : "%d digits".formatted(value.precision());
    }

    private void putValue(ConsumerRecord<byte[], ByteBuffer> consumed, Table table, Map<String, JsonNode> row) {
        Fields fields = values.read(consumed.value());
        transforms.apply(fields, Instant.ofEpochMilli(consumed.timestamp()));
        for (Map.Entry<String, JsonNode> field : fields.json().properties()) {
            if (table.columns().containsKey(field.getKey())) {
                row.put(field.getKey(), field.getValue());
            } else if (!options.ignoreUnknownFields()) {
                throw new UnknownFieldException(
                        "the field %s is no column of %s, which has %s; drop or rename it, or set ignoreUnknownFields"
                                .formatted(
                                        field.getKey(),
                                        table.name(),
                                        String.join(", ", table.columns().keySet())));
            }
        }
    }

    private void putKey(ConsumerRecord<byte[], ByteBuffer> consumed, Table table, Map<String, JsonNode> row) {
        if (consumed.key() == null || row.keySet().containsAll(table.key())) {
            return;
        }
        Optional<Fields> object = object(consumed.key());
        if (object.isPresent()) {
            for (String column : table.key()) {
                JsonNode value = object.get().json().get(column);
                if (value != null) {
                    row.putIfAbsent(column, value);
                }
            }
        } else if (table.key().size() == 1) {
            row.putIfAbsent(table.key().get(0), Fields.none().json().textNode(RecordText.text(consumed.key())));
        }
    }

    private Optional<Fields> object(byte[] key) {
        try {
            return key.length > 0 && key[0] == '{' ? Optional.of(keys.read(ByteBuffer.wrap(key))) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static void putCoordinates(ConsumerRecord<?, ?> consumed, Table table, Map<String, JsonNode> row) {
        Fields coordinates = Fields.none();
        coordinates.json().put("kafka_topic", consumed.topic());
        coordinates.json().put("kafka_partition", consumed.partition());
        coordinates.json().put("kafka_offset", consumed.offset());
        coordinates
                .json()
                .put(
                        "kafka_timestamp",
                        Instant.ofEpochMilli(consumed.timestamp()).toString());
        for (Map.Entry<String, JsonNode> each : coordinates.json().properties()) {
            if (table.columns().containsKey(each.getKey())) {
                row.putIfAbsent(each.getKey(), each.getValue());
            }
        }
    }

    private static List<String> keyOf(Map<String, JsonNode> row, Table table) {
        List<String> key = new ArrayList<>();
        for (String column : table.key()) {
            JsonNode value = row.get(column);
            if (value == null || value.isNull()) {
                throw new IllegalArgumentException(
                        "neither value nor key has %s, by which %s finds its rows".formatted(column, table.name()));
            }
            key.add(Statements.text(value));
        }
        return key;
    }

    /** A field is no column; the table may have got it since it was looked at. */
    static final class UnknownFieldException extends IllegalArgumentException {
        UnknownFieldException(String message) {
            super(message);
        }
    }
}
